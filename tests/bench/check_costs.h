// What each check costs, on a scenario that gives every one of them something to look at.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

/// A step for every check, then one for all of them.
std::vector<Step> check_cost_steps();

}  // namespace reprise::bench
