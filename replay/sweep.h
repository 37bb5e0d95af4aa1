// Sweep: all plans at distance 1 from a base: the yield, the error, the cancel, the overtaking, the
// abandonment at every single place. A bug found there is minimal already.
#pragma once

#include <reprise/sim/plan.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <vector>

namespace reprise {

/// The base's neighbours in the order of the run: each decision with each of its values (of long
/// ranges a few), each event overtaken by each other that could have come first (64 at most). If
/// the base has several tasks, then the same once more around serial_plan(), where
/// schedule-equivalence applies; there only timing is varied. If there are more than `most`, these
/// are spread evenly over them.
std::vector<Plan> sweep_plans(Runner& runner, const Scenario& scenario, Base base,
                              const RunOptions& options, std::uint64_t most = UINT64_MAX);

/// The calm run in which the tasks go one after the other.
Plan serial_plan(Base base);

}  // namespace reprise
