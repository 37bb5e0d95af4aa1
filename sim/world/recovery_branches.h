// RecoveryBranches: lets a run recover from one power loss many times, each time with something
// else on the disk. A search that tries every state a power loss may leave need not make the run up
// to there for each of them.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/disk/persistence.h>

#include <cstdint>

namespace reprise {

class RecoveryBranches {
 public:
  virtual ~RecoveryBranches() = default;

  /// The run has come to its first power loss. `disk` stays as it is then while the recoveries run.
  /// `given` is the digest of what else decides how a recovery ends, besides the bytes on the disk:
  /// what the scenario has been promised so far, and which sectors are bad.
  virtual void begin(const Persistence& disk, std::uint64_t given) = 0;
  /// Whether to recover (once more); what survives is then asked of the strategy.
  virtual bool next() = 0;
  /// The recovery has run to its end, without a finding, and has read these units of files.
  virtual void recovered(const UnitsRead& read) = 0;
};

}  // namespace reprise
