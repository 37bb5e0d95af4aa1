// Other programs, such as compilers, that the command line runs.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A program's name or path, and its arguments.
using ProcessCommand = std::vector<std::string>;

struct ProcessEnd {
  int status = -1;     // the exit status, or 128 and the signal that ended it
  std::string output;  // its output on stdout and stderr

  bool ok() const { return status == 0; }
};

/// What run_processes() tells while it waits.
struct ProcessEvents {
  /// Called every few milliseconds; the answer false ends all processes.
  std::function<bool()> goes_on = {};
  std::function<void(std::size_t index, const ProcessEnd& end)> on_end = {};
};

/// Runs `commands`, at most `at_once` at a time, with empty stdin. Each names its program as
/// find_program() gives it. This process's first interrupt ends them, and the result is then
/// nothing.
std::optional<std::vector<ProcessEnd>> run_processes(const std::vector<ProcessCommand>& commands,
                                                     std::size_t at_once,
                                                     const ProcessEvents& events = {});

/// Runs one command to its end, even if this process is interrupted.
ProcessEnd run_process(const ProcessCommand& command);

/// The path of an executable file: `name` itself if it contains a `/`, else the one found in PATH.
std::optional<std::string> find_program(std::string_view name);

/// The value of an environment variable; empty if it is not set.
std::string environment_value(const char* name);

}  // namespace reprise
