#include <reprise/core/fair_lock.h>

#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>

#include <utility>

namespace reprise {

using Hold = FairLock::Hold;

FairLock::~FairLock() {
  if (holder_ != nullptr) holder_->held_ = false;
}

Completion Hold::request() {
  if (held_) return Completion::done();
  if (lock_->holder_ != nullptr) return Place::request();
  held_ = true;
  lock_->holder_ = this;
  Observer* const watching = observer();
  lock_->line_.held_by_ = watching != nullptr ? watching->origin_now() : 0;
  leave();  // forgets a wait that was cancelled
  return Completion::done();
}

IOResult<Unit> Hold::acquire() {
  if (!held_) {
    // Also where the lock is gone.
    if (woken_ && !woken_.finished()) return note_answer();
    if (woken_ && is_answered_) {
      const Completion given_up = std::exchange(woken_, {});
      return given_up.get_error();
    }
    const Completion granted = request();
    if (!granted.finished()) return note_answer();
  }
  woken_ = {};
  return Unit{};
}

void Hold::release() {
  leave();
  if (std::exchange(held_, false)) lock_->hand_on();
}

void FairLock::hand_on() {
  WakeList::Place* const next = line_.list_.first;
  holder_ = static_cast<Hold*>(next);
  if (holder_ == nullptr) return;
  holder_->held_ = true;
  holder_->number_ = 0;
  line_.held_by_ = holder_->woken_.origin();
  line_.unlink(*next);
  WakeList::wake(*next);
}

}  // namespace reprise
