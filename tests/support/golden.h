// Texts that are compared whole with a file. To write the files anew, after a change that is meant,
// and to look at what changed:
//
//   REPRISE_GOLDEN=write ctest --test-dir build -R golden; git diff tests/replay/golden
#pragma once

#include <string>

namespace reprise::tests {

/// With tests/replay/golden/`name`.txt.
void compare_with_golden(const std::string& name, const std::string& text);

}  // namespace reprise::tests
