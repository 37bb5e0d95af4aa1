// UnobservedScope: guard for calling a scenario's callbacks from a check. Loads and completion
// queries inside it are attributed to no machine.
#pragma once

#include <reprise/core/observer.h>
#include <reprise/sim/store_watch/memory_watch.h>

namespace reprise {

class UnobservedScope {
 public:
  UnobservedScope() = default;
  UnobservedScope(const UnobservedScope&) = delete;
  UnobservedScope& operator=(const UnobservedScope&) = delete;
  ~UnobservedScope() { set_observer(observer_); }

 private:
  const MemoryWatch::Quiet quiet_;
  Observer* const observer_ = set_observer(nullptr);
};

}  // namespace reprise
