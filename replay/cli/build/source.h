// From files that a command line names to scenarios: compiled, kept, loaded, chosen.
#pragma once

#include <reprise/replay/cli/options.h>

namespace reprise {

/// Compiles and loads `options.files`. Where a command is about scenarios and its arguments name
/// none, they become those of the files. If not clean, what the command ends with; the complaint
/// has been made.
ExitCode load_files(CommandOptions& options);

}  // namespace reprise
