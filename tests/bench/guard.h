// Guard: the instructions that the fixed runs execute must not rise unnoticed. It counts them and
// compares them with the table in a page, or writes that table.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace reprise::bench {

/// The exit codes of the functions below; ctest takes the last one for a skipped test.
enum GuardExit : int { guard_passed = 0, guard_risen = 1, guard_failed = 2, guard_skipped = 77 };

struct Guard {
  std::vector<std::string> names;  // of the fixed runs
  /// Instructions per run of the fixed run of this name.
  std::function<Expected<std::uint64_t>(const std::string& name)> count;
  std::string compiler;  // of this build: `g++ 12`
  /// Why nothing can be counted here: no valgrind. Empty if it can.
  std::string no_count;
  /// Why the table says nothing about this build, which is not a quick one. Empty if it does.
  std::string no_comparison;
  std::string program;  // as it can be called again
};

// Each prints what it counts to stdout, and what went wrong to stderr.

int print_counts(const Guard& guard);
/// Fails if a fixed run takes 3 % more instructions than the page's table says.
int check_table(const Guard& guard, const std::string& path);
int write_table(const Guard& guard, const std::string& path);

}  // namespace reprise::bench
