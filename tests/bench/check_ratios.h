// Check ratios: what all checks cost in scenarios that do more than I/O.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

std::vector<Step> check_ratio_steps();

}  // namespace reprise::bench
