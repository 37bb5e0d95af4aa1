#include <reprise/replay/campaign/seed.h>

#include <reprise/core/digest.h>
#include <reprise/sim/plan/names.h>

#include <charconv>
#include <cstddef>
#include <system_error>

namespace reprise {

namespace {

constexpr std::size_t commit_digits = 40;

std::optional<std::uint64_t> parse_number(std::string_view digits, int base) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number, base);
  if (digits.empty() || error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> parse_seed(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_number(text.substr(2), 16);
  if (text.size() == commit_digits) {
    if (text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
      return std::nullopt;
    }
    return parse_number(text.substr(0, 16), 16);
  }
  return parse_number(text, 10);
}

std::uint64_t case_seed(std::uint64_t root, std::string_view scenario, std::uint64_t number) {
  return mix(mix(root, hash_of_name(scenario)), number);
}

}  // namespace reprise
