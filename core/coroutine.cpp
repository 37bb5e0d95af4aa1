#include <reprise/core/coroutine.h>

#include <reprise/core/await.h>
#include <reprise/core/internal/open.h>

namespace reprise::internal {

namespace {

// Where a harness may make a coroutine yield: when an await is over, before the coroutine goes on.
constexpr AwaitSite await_site{.function = "Coroutine",
                               .expression = "co_await",
                               .file = __FILE__,
                               .line = __LINE__,
                               .is_watched = false,
                               .resumes_here = true};

bool may_go_on() {
  return await_call(await_site, [] { return IOResult<Unit>(Unit{}); }).is_done();
}

}  // namespace

void CoroutineAwait::suspend(CoroutineFrame& awaiting) noexcept { awaiting.await_ = this; }

Completion CompletionAwait::waits_for() {
  if (completion_.is_explicit_yield() ? !has_yielded_ : !completion_.finished()) {
    has_yielded_ = true;
    return completion_;
  }
  if (!result_) {
    if (completion_.succeeded()) {
      result_.emplace(completion_.result());
    } else {
      result_.emplace(completion_.get_error());
    }
  }
  return {};
}

CoroutineFrame& CoroutineFrame::become_awaited_by(CoroutineFrame& awaiting) {
  awaited_by_ = &awaiting;
  return *std::exchange(innermost_, this);
}

// A loop, and no transfer from frame to frame: that g++ makes a jump only where it optimises, and a
// deep chain would overflow the stack.
Completion CoroutineFrame::run() {
  REPRISE_ASSERT(!is_running_, "a coroutine does not step itself");
  is_running_ = true;
  Completion waits_for;
  while (!waits_for) {
    CoroutineFrame& frame = *innermost_;
    CoroutineAwait* const await = frame.await_;
    if (await != nullptr && !is_over(*await, waits_for)) break;
    frame.await_ = nullptr;
    const bool fails = await != nullptr && await->ends_on_error_ && await->error() != IOError::none;
    if (fails) {
      frame.error_ = await->error();
    } else {
      frame.handle_.resume();
    }
    if (!fails && !frame.handle_.done()) {
      REPRISE_ASSERT(frame.await_ != nullptr, "a coroutine is suspended at a co_await");
      CoroutineFrame* const callee = frame.await_->callee();
      if (callee != nullptr) innermost_ = &callee->become_awaited_by(frame);
    } else if (&frame == this) {
      break;
    } else {
      innermost_ = frame.awaited_by_;
      innermost_->await_->callee_ended();
    }
  }
  is_running_ = false;
  return waits_for;
}

bool CoroutineFrame::is_over(CoroutineAwait& await, Completion& waits_for) {
  waits_for = await.waits_for();
  if (!waits_for && await.may_pause() && !may_go_on()) waits_for = Completion::yield();
  return !waits_for;
}

void CoroutineFrame::destroy() {
  REPRISE_ASSERT(!is_running_, "a coroutine does not destroy itself");
  while (innermost_ != this) {
    innermost_ = innermost_->awaited_by_;
    innermost_->await_->drop_callee();
  }
  handle_.destroy();
}

}  // namespace reprise::internal
