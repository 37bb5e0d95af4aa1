// Readers: tasks that each drive a machine which reads 64 bytes, waits, and reads again.
#pragma once

#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <memory>

#include "tests/bench/workload.h"

namespace reprise::bench {

struct ReadersShape {
  std::uint32_t tasks = 0;
  std::uint32_t ios = 0;  // of each task
  RandomOrder order = RandomOrder::uniform;
  /// Whether every I/O is in flight for a while: none is finished when it is submitted, and the
  /// runs have no swarm.
  bool all_in_flight = false;
};

enum class Mode {
  bare,      // no observer, no checks, no yields
  checked,   // every check on, yields injected; as in a program without watched code
  recorded,  // checked, and recorded
  watched    // checked, as in a program that also has code compiled with the store watch
};

std::unique_ptr<Workload> make_readers(const ReadersShape& shape, Mode mode);

}  // namespace reprise::bench
