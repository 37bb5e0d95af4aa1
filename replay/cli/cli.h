// The command line: what the program `reprise`, and every program linked with reprise::main, does.
// A command is a file in command/ and a line in commands.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace reprise {

/// What a command's exit status says.
enum class ExitCode : int {
  clean = 0,
  findings = 1,
  bad_usage = 2,          // or bad input
  not_deterministic = 3,  // or, for a strict replay, not the same run
  incomplete = 4,         // interrupted, or a budget hit
  nothing_ran = 5,
  internal = 70,  // our own fault
};

/// What no arguments mean: a harness does what a test program does, and fuzzes all its scenarios;
/// the tool, whose scenarios are its own, shows what it can do.
enum class ProgramKind : std::uint8_t { harness, tool };

/// Runs the command that `arguments` (without the program's name) ask for, with the process's own
/// standard streams; the process's exit status. `program` is what the user calls it.
int run_command_line(const std::string& program, std::span<const char* const> arguments,
                     ProgramKind kind = ProgramKind::harness);

}  // namespace reprise
