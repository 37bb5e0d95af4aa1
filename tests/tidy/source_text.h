// SourceText: the lines of a C++ file, beside the same lines with comments and the contents of
// literals blanked out, so that a search finds code only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

// Whether it may stand in a name.
bool is_word(char c);
// Without the blanks at the end, or at both.
std::string_view trim_right(std::string_view text);
std::string_view trim(std::string_view text);

struct SourceText {
  explicit SourceText(std::string_view text);

  std::vector<std::string> lines;
  std::vector<std::string> code;  // as many, each as long as its line
};

}  // namespace reprise::tests
