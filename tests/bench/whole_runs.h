// Whole runs: how many small runs a second, and what each of the fixed runs takes.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

std::vector<Step> whole_run_steps();

}  // namespace reprise::bench
