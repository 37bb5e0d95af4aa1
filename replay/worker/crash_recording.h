// CrashRecording: a recording of a run that outlives the process in which the run takes place, even
// if that is killed. The worker writes every decision and every event before it takes place; the
// supervisor reads the plan up to the death.
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

  /// In the worker: records what `inner` does, from each begin() anew. `inner` and this must
  /// outlive it.
  std::unique_ptr<Strategy> recorder(Strategy& inner);

  struct Recorded {
    /// The decisions that are not calm, and every event up to the one in which it died; then what
    /// was enabled and had not happened, so that a replay holds it back.
    Plan plan;
    /// The events that took place; the last one is where it died.
    std::vector<std::string> happened;
  };
  /// In the supervisor, when the worker is dead.
  Recorded recorded() const;

 private:
  int fd_ = -1;
};

}  // namespace reprise
