// WaitList: operations that wait for something other than I/O, woken in the order in which they
// came. WriteLock: one of them at a time holds it.
//
//   case State::wait:
//     if (!granted_.finished()) IO_YIELD_ONE(granted_);
//     if (!granted_.succeeded()) return granted_.get_error();   // given up: not in the list any
//     more
//
// Each waiter gets a completion of its own. Explicit yields in a loop would do too, but a machine
// that spins is woken for nothing, takes its turns in any order, and hides a deadlock.
#pragma once

#include <reprise/core/core.h>

#include <cstdint>
#include <deque>

namespace reprise::pager {

class WaitList final : public Canceller {
 public:
  /// Pending until woken. cancel() takes the waiter out of the list and fails it.
  Completion wait();
  /// Wakes who has waited longest; false if nobody waits.
  bool wake_one();
  void wake_all();

  void cancel(const Completion& completion, std::uint64_t token) override;

 private:
  CompletionPool pool_;
  std::deque<Completion> waiting_;
};

/// Fair: handed from its holder to who has waited longest, so that nobody can slip in between.
class WriteLock {
 public:
  /// Finished well: the lock is the caller's, to release(). Failed: it is not.
  Completion acquire();
  void release();
  bool held() const { return held_; }

 private:
  Tracked<bool> held_{"write_lock"};
  WaitList waiting_;
};

}  // namespace reprise::pager
