// Shrink: walks a plan toward calm while the same finding stays. Passes in a list, each small; what
// is left is what the finding needs. A new pass is a function and its line in the list in
// shrink.cpp.
#pragma once

#include <reprise/sim/plan/plan.h>

#include <cstdint>
#include <functional>
#include <string>

namespace reprise {

struct ShrinkOptions {
  std::uint32_t runs_max = 2000;
};

/// Runs `plan` and gives the signature of what it found, empty if nothing.
using TryPlan = std::function<std::string(const Plan& plan)>;

struct Shrunk {
  Plan plan;
  std::uint32_t runs = 0;  // that it took
};

/// `plan` shows `signature`; so does what comes back, and no single decision or order constraint of
/// it can be left out (unless `runs_max` ended the search).
Shrunk shrink(const Plan& plan, const std::string& signature, const TryPlan& try_plan,
              const ShrinkOptions& options = {});

}  // namespace reprise
