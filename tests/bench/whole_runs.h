// Whole runs: how many small runs a second.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

std::vector<Step> whole_run_steps();

}  // namespace reprise::bench
