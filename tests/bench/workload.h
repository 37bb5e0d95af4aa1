// Workload: the scenarios that are measured. Each task is a driven machine that reads 64 bytes,
// waits, and reads again.
#pragma once

#include <reprise/sim/strategy/strategy.h>

#include <cstdint>

namespace reprise::bench {

/// Millions of I/Os per second.
struct Flight {
  double bare = 0;          // no observer, no checks, no yields
  double checked = 0;       // every check on, yields injected
  double recorded = 0;      // ... and recorded
  double bytes_per_io = 0;  // allocated in steady state, bare
};
Flight measure_flight(std::uint32_t tasks, RandomOrder order);

/// Thousands of whole runs per second.
struct Runs {
  double bare = 0;
  double checked = 0;
  double recorded = 0;
  double decisions = 0;  // of the bare runs: values chosen and events picked, in millions a second
};
Runs measure_runs(std::uint32_t tasks, std::uint32_t ios);

}  // namespace reprise::bench
