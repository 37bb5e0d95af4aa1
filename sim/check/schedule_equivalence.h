// Schedule equivalence: an operation that runs alone must come out the same in the sync world, in
// the lazy world, and under yields at any subset of its await sites. Compares two runs of one
// workload.
#pragma once

#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>

#include <optional>

namespace reprise {

/// `reference` is the sync world's run with the same workload choices. Nothing if both agree.
std::optional<Finding> compare_schedules(const Scenario& scenario, const RunResult& run,
                                         const RunResult& reference);

}  // namespace reprise
