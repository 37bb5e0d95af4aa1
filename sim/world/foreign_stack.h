// ForeignStack: a stack beside a task's own, for code that blocks and must not be unwound, such as
// a C library. If the task ends while that code waits, its frames are dropped as they are.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/result.h>
#include <reprise/sim/operation/foreign_code.h>
#include <reprise/sim/operation/task.h>
#include <reprise/sim/store_watch/foreign_heap.h>
#include <reprise/sim/world/fiber.h>
#include <reprise/sim/world/turns.h>

#include <cstdint>

namespace reprise {

class ForeignStack final : public ForeignCode {
 public:
  ForeignStack(Turns& turns, Task& task);
  ForeignStack(const ForeignStack&) = delete;
  ForeignStack& operator=(const ForeignStack&) = delete;
  ~ForeignStack() override;

  // On the task's own stack. Both give what the code waits for; an empty one: the code has ended,
  // and what it has thrown is thrown here.

  Completion start(Fiber::Body body, void* context);
  /// `result` is how the wait has ended.
  Completion resume(const Result<std::uint64_t>& result);

  Result<std::uint64_t> block(Completion&& completion) override;

 private:
  void before_switch();
  Completion after_switch();

  Turns& turns_;
  Task& task_;
  Fiber& fiber_;
  Completion waits_for_;  // handed over to the task; empty while the code runs
  Result<std::uint64_t> result_ = std::uint64_t{0};
  internal::ForeignHeapState heap_;  // the code's while it waits, the caller's while it runs
};

}  // namespace reprise
