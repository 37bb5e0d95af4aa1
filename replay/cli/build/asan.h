// AddressSanitizer's library must be in a process from its start, so a program that is about to
// load code compiled with it executes itself again with that library.
#pragma once

#include <reprise/replay/cli/build/compiler.h>

#include <optional>
#include <string>

namespace reprise {

/// Does not return if this program must be executed again with the library. Nothing if the library
/// is loaded already; an error sentence if that is not possible.
std::optional<std::string> execute_with_asan(const Compiler& compiler);

}  // namespace reprise
