// The wall clock, for budgets and for watching workers. It never influences what a run does, only
// how many runs there are.
#pragma once

#include <cstdint>

namespace reprise {

/// Milliseconds since some moment in the past; never goes back. The same in all processes.
std::uint64_t worker_clock_ms();

}  // namespace reprise
