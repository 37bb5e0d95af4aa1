// AddressSanitizer's library must be in a process from its start: a program that is to load what
// was compiled with it executes itself again.
#pragma once

#include <reprise/replay/cli/build/compiler.h>

#include <optional>
#include <string>

namespace reprise {

/// Does not come back where this program has to be executed again with the library. Nothing if it
/// is there; else a sentence.
std::optional<std::string> execute_with_asan(const Compiler& compiler);

}  // namespace reprise
