#include <reprise/replay/text/markdown.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

std::string without_comments(std::string_view markdown) {
  constexpr std::string_view begin = "<!--";
  constexpr std::string_view end = "-->";
  std::string text;
  while (!markdown.empty()) {
    const bool is_comment = markdown.starts_with(begin);
    const std::size_t last_line = is_comment ? std::min(markdown.find(end), markdown.size()) : 0;
    const std::size_t line_end = std::min(markdown.find('\n', last_line), markdown.size() - 1);
    if (!is_comment) text += markdown.substr(0, line_end + 1);
    markdown.remove_prefix(line_end + 1);
  }
  return text;
}

}  // namespace reprise
