// CommandLine: commands as a user types them, each in a process of its own.
//
//   const Captured listed = tests::run_reprise({"list", "--names"});
//   CHECK(text(listed.out) == Contains("toys/clean"));
#pragma once

#include <doctest/doctest.h>
#include <reprise/replay/cli/cli.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"

namespace reprise::tests {

/// Runs a command in this process, and gives its exit status.
inline int command_line(const std::vector<std::string>& arguments,
                        const std::string& program = "reprise") {
  std::vector<const char*> views;
  for (const std::string& argument : arguments) views.push_back(argument.c_str());
  return run_command_line(program, views);
}

/// Runs a command in a process of its own.
inline Captured run_reprise(const std::vector<std::string>& arguments,
                            const std::string& program = "reprise") {
  return capture([&] { return command_line(arguments, program); });
}

/// For doctest::Contains, which compares with a text of its own kind.
inline doctest::String text(const std::string& of) { return {of.c_str()}; }

}  // namespace reprise::tests
