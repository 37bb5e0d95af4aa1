// Instructions: how many of them runs execute, counted by valgrind. Unlike times, counts hardly
// depend on what else the machine does.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise::bench {

inline constexpr const char* valgrind = "valgrind";

struct CountedRuns {
  std::string program;  // `PROGRAM --runs NAME N` makes the runs of the seeds 1 to N
  std::string name;
  /// Counted are the runs of the seeds few + 1 to many: what the process does besides is in both
  /// counts.
  std::uint64_t few = 0;
  std::uint64_t many = 0;
  std::uint64_t runs_per_seed = 1;
};

/// Instructions per run. The sentence says what went wrong with valgrind.
Expected<std::uint64_t> count_instructions(const CountedRuns& runs,
                                           const std::string& counter = valgrind);

/// The sum that valgrind's cachegrind prints: `I   refs:      1,234`.
std::optional<std::uint64_t> instructions_in(std::string_view output);

}  // namespace reprise::bench
