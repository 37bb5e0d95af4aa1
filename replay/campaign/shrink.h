// Shrink: moves a plan toward calm while it keeps showing the same finding. It is a list of small
// passes; only what the finding needs remains of the plan. A new pass is a function and a line in
// the list in shrink.cpp.
#pragma once

#include <reprise/sim/plan/plan.h>

#include <cstdint>
#include <functional>
#include <string>

namespace reprise {

struct ShrinkOptions {
  std::uint32_t runs_max = 2000;
};

/// Runs `plan` and gives the signature of its finding, or an empty string.
using TryPlan = std::function<std::string(const Plan& plan)>;

struct Shrunk {
  Plan plan;
  std::uint32_t runs = 0;  // the number of runs it took
};

/// Both `plan` and the result show `signature`. No single decision or order constraint of the
/// result can be left out, unless `runs_max` ended the search.
Shrunk shrink(const Plan& plan, const std::string& signature, const TryPlan& try_plan,
              const ShrinkOptions& options = {});

}  // namespace reprise
