// Completions: scripts by which a shell completes the command line, made from the same tables as
// the help. Names of scenarios are asked of the program when they are needed.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace reprise {

/// "bash", "zsh", "fish".
std::span<const std::string_view> completed_shells();

/// The script for one of these shells. `program` is the name that is typed, without its folder.
std::string completion_script(std::string_view shell, const std::string& program);

}  // namespace reprise
