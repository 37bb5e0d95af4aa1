// CountingWaiter: a Waiter that counts what it is told, and may do one thing more.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/internal/waiter.h>

#include <functional>
#include <utility>

namespace reprise::tests {

class CountingWaiter final : public Waiter {
 public:
  /// `then` runs each time a completion has finished.
  explicit CountingWaiter(std::function<void()> then = {}) : then_(std::move(then)) {}
  void completion_finished(const Completion& completion) override {
    ++finished;
    saw_result = completion.finished();
    if (then_) then_();
  }
  void completion_dropped() override { ++dropped; }

  int finished = 0;
  int dropped = 0;
  bool saw_result = false;

 private:
  std::function<void()> then_;
};

}  // namespace reprise::tests
