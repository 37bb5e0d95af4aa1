// PowerLoss: one power loss of a run, or the end of a process, and what did not survive it.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/disk/persistence.h>

#include <cstdint>
#include <vector>

namespace reprise {

struct PowerLoss {
  std::uint64_t event = 0;  // the number of events before it
  NodeId node = 0;
  bool is_kill = false;  // only the process ended: the cache has survived
  std::vector<LostChange> lost;
};
using PowerLosses = std::vector<PowerLoss>;

}  // namespace reprise
