// Child: runs another program and waits for it.
#pragma once

#include <reprise/replay/text/expected.h>

#include <string>
#include <vector>

namespace reprise::bench {

/// What the program printed, stderr included. The sentence, if it could not be started or did not
/// end with exit code 0, begins with its name. `command` is the program, looked for in PATH, and
/// its arguments.
Expected<std::string> output_of(const std::vector<std::string>& command);

/// Whether PATH has the program.
bool is_installed(const std::string& program);

/// The path of the program that this process runs.
std::string own_program();

}  // namespace reprise::bench
