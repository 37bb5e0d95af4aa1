// Turns the files of a command line into scenarios: compiles, caches and loads the files, and
// chooses the scenarios.
#pragma once

#include <reprise/replay/cli/options.h>

namespace reprise {

/// Compiles and loads `options.files`. If a command is about scenarios and its arguments name none,
/// the arguments become the scenarios of the files. A result other than `clean` is the command's
/// exit status, and this has complained.
ExitCode load_files(CommandOptions& options);

}  // namespace reprise
