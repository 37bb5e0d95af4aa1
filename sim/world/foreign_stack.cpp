#include <reprise/sim/world/foreign_stack.h>

#include <exception>
#include <utility>

namespace reprise {

ForeignStack::ForeignStack(Turns& turns, Task& task)
    : turns_(turns), task_(task), fiber_(turns.take_fiber()) {
  heap_.watch = internal::memory_watch;
}

ForeignStack::~ForeignStack() {
  fiber_.abandon();
  turns_.give_back(fiber_);
}

Completion ForeignStack::start(Fiber::Body body, void* context) {
  before_switch();
  fiber_.start(body, context, turns_.layout());
  return after_switch();
}

Completion ForeignStack::resume(const Result<std::uint64_t>& result) {
  result_ = result;
  before_switch();
  fiber_.resume();
  return after_switch();
}

void ForeignStack::before_switch() {
  task_.foreign = this;
  heap_.exchange_with_thread();
}

Completion ForeignStack::after_switch() {
  heap_.exchange_with_thread();
  task_.foreign = nullptr;
  if (const std::exception_ptr failure = fiber_.take_failure()) std::rethrow_exception(failure);
  return std::move(waits_for_);
}

Result<std::uint64_t> ForeignStack::block(Completion&& completion) {
  // The caller's handle is empty from here on: nothing on this stack may own anything while it is
  // suspended.
  waits_for_ = std::move(completion);
  fiber_.suspend();
  return result_;
}

}  // namespace reprise
