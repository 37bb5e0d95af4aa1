// StopSignals: calls Loop::stop() when a signal comes.
#pragma once

#include <reprise/core/back_end/back_end.h>
#include <reprise/core/internal/waiter.h>

#include <signal.h>

#include <initializer_list>

namespace reprise {

class Loop;

namespace internal {

class StopSignals final : private Waiter {
 public:
  StopSignals(Loop& loop, BackEnd& back_end) : loop_(loop), back_end_(back_end) {}
  /// Lets the signals come again.
  ~StopSignals() override;

  IOError begin(std::initializer_list<int> signals);

 private:
  void completion_finished(const Completion& completion) override;
  void watch();

  Loop& loop_;
  BackEnd& back_end_;
  int fd_ = -1;  // a signalfd
  sigset_t blocked_before_{};
  Completion readable_;
};

}  // namespace internal
}  // namespace reprise
