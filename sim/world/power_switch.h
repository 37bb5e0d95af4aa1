// PowerSwitch: what the loop knows of power losses.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/strategy/strategy.h>

namespace reprise {

class PowerSwitch {
 public:
  virtual ~PowerSwitch() = default;

  /// In a run that may lose power. `event` is what would happen next. True if its node has fallen:
  /// the event is gone.
  virtual bool falls_before(const Event& event) = 0;
  /// Whether nothing else could happen, and a node has fallen then.
  virtual bool falls_at_end() = 0;
};

}  // namespace reprise
