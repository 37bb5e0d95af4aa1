// tidy: the rules of this tree that no compiler checks. Who may include whom, what must not be used
// where because a run is a pure function of its plan, and how large a file may grow.
//
// A new rule on words is one line in the table of banned_words.cpp or former_words.cpp; any other
// rule is one function called by tidy(). Each needs a line in tidy_test.cpp that breaks it. A line
// that has a good reason to break a rule ends in `// tidy-ok: ` and that reason.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

struct Complaint {
  int line = 0;
  std::string sentence;
};

// What is wrong with the file `path` (relative to the root, with slashes), in order of lines.
std::vector<Complaint> tidy(std::string_view path, std::string_view text);

}  // namespace reprise::tests
