// Limits: what the machine can do at best, for the parts that a simulated I/O is made of.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

std::vector<Step> limit_steps();

}  // namespace reprise::bench
