#include "tests/bench/count_text.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace reprise::bench {

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::optional<std::uint64_t> number_with_commas(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ',');
  std::erase(digits, ' ');
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace reprise::bench
