// CMake files of users, as far as `promote` must understand them: which program has the command
// line, and which test replays a folder of traces.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

/// The first target that is linked with reprise::main; empty if there is none.
std::string harness_target(std::string_view cmake);

/// Whether a test of `cmake` replays the traces in `folder`, a path relative to the file's folder.
bool has_replay_test(std::string_view cmake, std::string_view folder);

/// The commands that add such a test.
std::string replay_test(std::string_view cmake, std::string_view target, std::string_view folder);

}  // namespace reprise
