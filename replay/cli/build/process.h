// Other programs, run by the command line: compilers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A program's name or path, and its arguments.
using ProcessCommand = std::vector<std::string>;

struct ProcessEnd {
  int status = -1;     // the exit status, or 128 and the signal that ended it
  std::string output;  // what it wrote to stdout and stderr

  bool ok() const { return status == 0; }
};

/// Runs `commands`, each of which names a program as find_program() gives it, `at_once` at a time,
/// with nothing on stdin. They end with this process's first interrupt; nothing if there was one.
std::optional<std::vector<ProcessEnd>> run_processes(const std::vector<ProcessCommand>& commands,
                                                     std::size_t at_once);

/// The path of an executable file: `name` itself if there is a `/` in it, else what PATH has.
std::optional<std::string> find_program(std::string_view name);

/// The value of a variable of the environment; empty if it is not set.
std::string environment_value(const char* name);

}  // namespace reprise
