// FairLock: a lock that one operation holds at a time, across its yields. The holder hands it
// directly to the operation that has waited longest, so that no other can slip in between.
//
//   struct Commit {
//     FairLock& lock;
//     FairLock::Hold hold{lock};
//     IOResult<Unit> run() {
//       RETURN_IF_IO(hold.acquire());   // on re-entry: Done at once, it is held already
//       RETURN_IF_IO(write_and_sync());
//       hold.release();
//       return Unit{};
//     }
//   };
//
// A machine may be dropped at any yield: its Hold then gives the lock back, or leaves the line. A
// Hold releases only what it holds itself, so no clean-up can give back another's lock. Allocates
// only to grow.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>
#include <reprise/core/wake_list.h>

#include <cstddef>

namespace reprise {

class FairLock {
 public:
  /// One machine's share in a lock: nothing, a place in the line, or the lock itself. The lock may
  /// be destroyed first: machines in the line then wait for ever.
  class Hold : private WakeList::Place {
   public:
    explicit Hold(FairLock& lock) : Place(lock.line_), lock_(&lock) {}
    ~Hold() { release(); }

    /// Done when this holds the lock, at once if it does already. Err only if the completion that
    /// it waits for was cancelled; then it has left the line.
    IOResult<Unit> acquire();
    /// Gives a completion that finishes when this holds the lock, for groups and deadlines. This
    /// stands in the line from now on.
    Completion request();
    bool held() const { return held_; }
    /// Whether this stands in the line.
    using Place::waiting;
    /// Gives the lock back, or leaves the line; does nothing if this has neither.
    void release();

   private:
    friend class FairLock;

    FairLock* lock_;
    bool held_ = false;
  };

  /// `name` appears in findings; it must outlive the lock, as a literal does.
  explicit FairLock(const char* name = "lock") : line_(name) { line_.is_lock_ = true; }
  FairLock(const FairLock&) = delete;
  FairLock& operator=(const FairLock&) = delete;
  ~FairLock();

  bool held() const { return holder_ != nullptr; }
  /// How many machines wait for the lock.
  std::size_t waiting() const { return line_.size(); }

 private:
  void hand_on();

  WakeList line_;
  Hold* holder_ = nullptr;
};

}  // namespace reprise
