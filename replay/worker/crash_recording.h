// CrashRecording: a recording of a run that outlives the run's process, even if that is killed. The
// worker writes every decision and every event before it takes place; the supervisor reads the plan
// up to the worker's death.
#pragma once

#include <reprise/sim/plan/plan.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reprise {

class CrashRecording {
 public:
  CrashRecording();
  CrashRecording(const CrashRecording&) = delete;
  CrashRecording& operator=(const CrashRecording&) = delete;
  ~CrashRecording();

  /// In the worker: records what `inner` does; each begin() starts over. `inner` and this must
  /// outlive it.
  std::unique_ptr<Strategy> recorder(Strategy& inner);

  struct Recorded {
    /// The decisions that are not calm, and every event up to the one in which the worker died;
    /// then the events that were enabled and had not happened, so that a replay holds them back.
    Plan plan;
    /// The events that took place; the worker died in the last one.
    std::vector<std::string> happened;
  };
  /// In the supervisor, when the worker is dead.
  Recorded recorded() const;

 private:
  int fd_ = -1;
};

}  // namespace reprise
