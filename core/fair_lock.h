// FairLock: a lock that one operation at a time holds, across its yields. It is handed from its
// holder to whoever has waited longest, so that nobody can slip in between.
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
// Hold releases only what is its own, so that no clean-up gives back what another holds. Allocates
// only to grow.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>
#include <reprise/core/wake_list.h>

#include <cstddef>

namespace reprise {

class FairLock {
 public:
  /// What one machine has of a lock: nothing, a place in the line, or the lock. The lock may end
  /// first: whoever waits for it then waits for ever.
  class Hold : private WakeList::Place {
   public:
    explicit Hold(FairLock& lock) : Place(lock.line_), lock_(&lock) {}
    ~Hold() { release(); }

    /// Done when this holds the lock, which it may have done before. Err only if the completion
    /// that it waits for was cancelled; then it has left the line.
    IOResult<Unit> acquire();
    /// What finishes when this holds the lock, for groups and deadlines. Stands in the line from
    /// now on.
    Completion request();
    bool held() const { return held_; }
    /// Stands in the line.
    using Place::waiting;
    /// Gives the lock back, or leaves the line; nothing if neither.
    void release();

   private:
    friend class FairLock;

    FairLock* lock_;
    bool held_ = false;
  };

  /// `name` stands in findings; a literal, or else it must outlive the lock.
  explicit FairLock(const char* name = "lock") : line_(name) { line_.is_lock_ = true; }
  FairLock(const FairLock&) = delete;
  FairLock& operator=(const FairLock&) = delete;
  ~FairLock();

  bool held() const { return holder_ != nullptr; }
  /// How many wait for it.
  std::size_t waiting() const { return line_.size(); }

 private:
  void hand_on();

  WakeList line_;
  Hold* holder_ = nullptr;
};

}  // namespace reprise
