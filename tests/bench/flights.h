// Flights: I/Os per second with many of them in flight at once.
#pragma once

#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

std::vector<Step> flight_steps();

}  // namespace reprise::bench
