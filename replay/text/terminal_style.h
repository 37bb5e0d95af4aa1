// TerminalStyle: the few colours of reports on a terminal, or none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

enum class TextStyle : std::uint8_t { error, warning, good, strong, faint };

class TerminalStyle {
 public:
  explicit TerminalStyle(bool color) : color_(color) {}

  /// `text` in this style, or unchanged.
  std::string operator()(TextStyle style, std::string_view text) const {
    constexpr std::string_view begins[] = {"\x1b[1;31m", "\x1b[33m", "\x1b[32m", "\x1b[1m",
                                           "\x1b[2m"};
    std::string painted;
    if (color_) painted += begins[static_cast<std::uint8_t>(style)];
    painted += text;
    if (color_) painted += "\x1b[0m";
    return painted;
  }

 private:
  bool color_;
};

}  // namespace reprise
