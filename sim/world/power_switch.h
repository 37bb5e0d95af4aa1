// PowerSwitch: what the loop knows of power losses.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/strategy/strategy.h>

namespace reprise {

class PowerSwitch {
 public:
  virtual ~PowerSwitch() = default;

  /// In a run that may lose power. `event` is what would happen next.
  virtual bool is_lost_before(const Event& event) = 0;
  /// Whether nothing else can happen, and the power is lost then.
  virtual bool is_lost_at_end() = 0;
  virtual void lose() = 0;
};

}  // namespace reprise
