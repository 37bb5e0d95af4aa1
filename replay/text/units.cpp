#include <reprise/replay/text/units.h>

#include <reprise/replay/text/escape.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reprise {

std::string shell_argument(std::string_view text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
  });
  if (is_plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return escaped(quoted + "'");
}

std::string shown_time(std::uint64_t ns) {
  constexpr std::pair<std::uint64_t, std::string_view> units[] = {
      {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  if (ns == 0) return "0";
  for (const auto& [unit, name] : units) {
    if (ns < unit) continue;
    const std::uint64_t tenths = ns / (unit / 10);
    return tenths % 10 == 0 ? fmt::format("{}{}", tenths / 10, name)
                            : fmt::format("{}.{}{}", tenths / 10, tenths % 10, name);
  }
  return fmt::format("{}ns", ns);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace reprise
