// SurvivalPlans: the plans that behind one power loss differ in what survives it. For worlds of
// several nodes: there a run cannot go back to the power loss of one, as RecoveryBranches does,
// because the others have gone on; so each plan is a run of its own.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <vector>

namespace reprise {

struct SurvivalPlans {
  /// All that is not durable survives; and each change alone, in each way in which it may, or a few
  /// of them where there are more than seven.
  std::vector<Plan> plans;
  std::uint64_t states = 1;  // how many states of the disk there are, UINT32_MAX at most
};

/// `plan` ends with a power loss, of which nothing survives. Gives `most` plans at most.
SurvivalPlans survival_plans(Runner& runner, const Scenario& scenario, const RunOptions& options,
                             const Plan& plan, std::uint64_t most);

}  // namespace reprise
