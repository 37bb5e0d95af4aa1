// PowerLoss: one power loss of a run, and what did not survive it.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/disk/persistence.h>

#include <cstdint>
#include <vector>

namespace reprise {

struct PowerLoss {
  std::uint64_t event = 0;  // the number of events before it
  std::vector<LostChange> lost;
};
using PowerLosses = std::vector<PowerLoss>;

}  // namespace reprise
