// The functions that a source defines: free ones, members outside their class and within it, and
// test cases.
#pragma once

#include <cstddef>
#include <vector>

#include "tests/tidy/source_text.h"

namespace reprise::tests {

// Indexes of lines: where its head begins and where its body ends.
struct FunctionLines {
  std::size_t first = 0;
  std::size_t last = 0;

  std::size_t count() const { return last - first + 1; }
};

// In the order of their ends. Needs code as clang-format leaves it: a body's brace stands behind a
// blank, an initializer's does not.
std::vector<FunctionLines> functions_of(const SourceText& source);

}  // namespace reprise::tests
