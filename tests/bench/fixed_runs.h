// Fixed runs: the five workloads whose instructions are counted, so that a change of the code shows
// where a change of the machine's load would hide it in times.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/instructions.h"
#include "tests/bench/workload.h"

namespace reprise::bench {

struct FixedRun {
  const char* name;
  /// The runs that are counted: those of the seeds few + 1 to many.
  std::uint64_t few;
  std::uint64_t many;
  std::unique_ptr<Workload> (*make)();
};

std::span<const FixedRun> fixed_runs();
std::vector<std::string> fixed_run_names();
/// Null if there is none of this name.
const FixedRun* find_fixed_run(std::string_view name);
/// How this program is to be asked for the runs that are counted.
CountedRuns counted_runs(const FixedRun& fixed);

}  // namespace reprise::bench
