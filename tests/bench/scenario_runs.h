// Scenario runs: the registered scenarios as a workload, run as a search runs them.
#pragma once

#include <reprise/sim/scenario.h>

#include <memory>
#include <string_view>
#include <vector>

#include "tests/bench/workload.h"

namespace reprise::bench {

enum class Checks {
  all,                  // as a search does: every 64th run is made twice more, by determinism
  all_but_determinism,  // which looks debug information up: that is much work, and not repeatable
  crash_only
};

/// The scenarios that match `pattern`, each once for every seed. REQUIRES: there is one.
std::unique_ptr<Workload> make_scenario_runs(std::string_view pattern, Checks checks);

}  // namespace reprise::bench
