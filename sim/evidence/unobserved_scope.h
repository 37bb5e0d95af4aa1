// UnobservedScope: while one lives, a check asks the scenario's own functions. What they look at no
// machine has looked at: neither loads nor questions put to completions count.
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
