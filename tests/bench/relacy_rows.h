// Relacy rows: our runs beside those of relacy, the fastest peer known to us, measured turn about.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

/// `program`: relacy/relacy_runs.cpp, compiled. A step that fails says so and ends the process with
/// exit code 2.
std::vector<Step> relacy_steps(const std::string& program);

}  // namespace reprise::bench
