// Sweep: all plans at distance 1 from a base: the yield, the error, the cancel, the overtaking, the
// abandonment at every single place. A bug found there is minimal already.
#pragma once

#include <reprise/sim/runner.h>

#include <vector>

namespace reprise {

/// The base's own plan first, then its neighbours in the order of the run: each decision with each
/// of its values (of long ranges a few), each event overtaken by each other that could have come
/// first (64 at most). If the base has several tasks, then the same once more around the run in
/// which they go one after the other, where schedule-equivalence applies; there only timing is
/// varied.
std::vector<Plan> sweep_plans(Runner& runner, const Scenario& scenario, Base base,
                              const RunOptions& options);

}  // namespace reprise
