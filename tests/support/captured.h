// Captured: what a function that writes to the standard streams has written, and what it returned.
// It runs in a process of its own, so that it may do what it likes.
#pragma once

#include <functional>
#include <string>

namespace reprise::tests {

struct Captured {
  int exit = -1;  // the exit status; 128 and the signal if one ended it
  std::string out;
  std::string err;
};

/// Runs `body` and ends the process with what it returns.
Captured capture(const std::function<int()>& body);
/// Runs a shell command.
Captured capture_command(const std::string& command);
/// Each line's end, and what lies around it, as one space: words that are broken over lines.
std::string in_one_line(const std::string& text);

}  // namespace reprise::tests
