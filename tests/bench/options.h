// Options: what the benchmark is asked to do.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reprise::bench {

enum class Task { measure, help, relacy, count, check, write, runs };

struct BenchOptions {
  Task task = Task::measure;
  /// The page with the table, relacy's program, or the fixed run.
  std::string argument;
  std::uint64_t seeds = 0;
};

/// `words`: without the program's name.
Expected<BenchOptions> parse_options(std::span<const std::string> words);

std::string help_text(const std::vector<std::string>& fixed_run_names);

}  // namespace reprise::bench
