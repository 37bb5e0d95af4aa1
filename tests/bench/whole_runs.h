// Whole runs: how many small runs a second, and what each of the fixed runs takes.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

/// `no_count` says why instructions cannot be counted here; empty: they are.
std::vector<Step> whole_run_steps(const std::string& no_count);

}  // namespace reprise::bench
