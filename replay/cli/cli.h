// The command line of the program `reprise`, and of every program linked with reprise::main. A
// command is a file in command/ and a line in commands.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace reprise {

/// The exit status of a command.
enum class ExitCode : int {
  clean = 0,
  findings = 1,
  bad_usage = 2,          // or bad input
  not_deterministic = 3,  // or, for a strict replay, not the same run
  incomplete = 4,         // interrupted, or a budget hit
  nothing_ran = 5,
  internal = 70,  // an error in Reprise itself
};

/// Decides what a program without arguments does: a harness fuzzes all its scenarios, as a test
/// program runs all its tests; the tool, which has only built-in scenarios, shows its help.
enum class ProgramKind : std::uint8_t { harness, tool };

/// Runs the command in `arguments` (without the program's name) with the standard streams of the
/// process, and gives the exit status of the process. `program` is the name by which the user calls
/// it.
int run_command_line(const std::string& program, std::span<const char* const> arguments,
                     ProgramKind kind = ProgramKind::harness);

}  // namespace reprise
