// Completion: a handle to one I/O, while it runs and after it has finished. CompletionPool: makes
// completions for a back end. A CompletionGroup joins several completions (completion_group.h).
//
//   Completion read = file.pread(0, page);
//   if (!read.finished()) IO_YIELD_ONE(read);
//   if (!read.succeeded()) return read.get_error();
//
// A completion finishes once: the first result wins, later ones change nothing, and finished()
// never goes back. The result is visible before any callback runs. A callback runs exactly once; it
// may submit, cancel and finish other completions. One event loop, one thread.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/io_error.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#define REPRISE_UNWATCHED __attribute__((no_sanitize("thread")))
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REPRISE_UNWATCHED __attribute__((no_sanitize("thread")))
#endif
#endif
/// Reference counts are not machine state, so the store watch ignores them.
#ifndef REPRISE_UNWATCHED
#define REPRISE_UNWATCHED
#endif

namespace reprise {

class Completion;
class CompletionPool;

namespace internal {

struct CompletionState;
struct CompletionPoolState;
struct GroupLink;
class Peek;

enum class CompletionKind : std::uint8_t { io, group, yield, done };

/// The number of handles to observed completions in this process. An observer compares two readings
/// to see whether a call has released a completion.
inline constinit std::int64_t observed_handles = 0;

/// A question that a machine asks a completion: has it finished, did it succeed, how many bytes
/// were moved.
enum class Question : std::uint8_t { finished, outcome, result };

/// The part of a completion's state that handles read inline. The rest is private to core.
struct CompletionHead {
  CompletionPoolState* pool = nullptr;  // null for immortal states, which are not counted
  std::uint32_t refs = 0;
  CompletionKind kind = CompletionKind::io;
  bool finished = false;
  bool cancel_requested : 1 = false;
  // Questions are recorded only for completions that were made under an observer.
  bool is_observed : 1 = false;
  bool is_asked : 1 = false;           // any question
  bool is_outcome_asked : 1 = false;   // for the outcome, once that was known
  bool is_result_asked : 1 = false;    // for the byte count, once that was known
  bool needs_no_question : 1 = false;  // it has a callback, or is ignored
  IOError error = IOError::none;
  std::uint64_t result = 0;
  std::uint64_t token = 0;

  REPRISE_UNWATCHED void retain() {
    if (pool != nullptr) ++refs;
    if (is_observed) [[unlikely]]
      ++observed_handles;
  }
  REPRISE_UNWATCHED void release() {
    if (is_observed) [[unlikely]]
      --observed_handles;
    if (pool != nullptr && --refs == 0) nobody_holds();
  }
  void nobody_holds();
  void asked(Question question);
};

}  // namespace internal

/// Runs when a completion has finished, with that completion. A capture of up to two pointers
/// allocates nothing.
using CompletionCallback = std::function<void(const Completion&)>;

/// The device's side of cancel().
class Canceller {
 public:
  virtual ~Canceller() = default;
  /// Called at most once per completion, while it is pending. The device answers by finishing the
  /// completion, during this call or later: with IOError::cancelled, or with the ordinary result if
  /// the request came too late.
  virtual void cancel(const Completion& completion, std::uint64_t token) = 0;

  /// What the pending completions of a device stand for when they are not I/Os.
  struct Thing {
    const char* name = nullptr;  // null: not known
    bool is_lock = false;
    std::uint64_t held_by =
        0;  // of a lock: internal::Observer::maker_now() when it was taken, or 0
  };
  /// Used to explain why a completion does not finish.
  virtual Thing awaited_thing() const { return {}; }
};

namespace internal {
/// Something that is notified when a completion finishes, such as a parked task or a group. It is
/// notified once, after the completion's own callback; waiters are notified in the order of
/// registration.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  /// Stops waiting, if it waits.
  virtual ~Waiter();

  virtual void completion_finished(const Completion& completion) = 0;
  /// The completion was dropped by its device (the end of a simulated world): it never finishes.
  virtual void completion_dropped() {}

  bool waiting() const { return waits_on_ != nullptr; }
  void stop_waiting();

 private:
  friend class reprise::Completion;
  friend struct CompletionState;

  CompletionState* waits_on_ = nullptr;
  Waiter* previous_ = nullptr;
  Waiter* next_ = nullptr;
};
}  // namespace internal

/// A handle, one pointer wide; copies mean the same I/O.
class Completion {
 public:
  /// Stands for no I/O: every query except the conversion to bool fails a REPRISE_ASSERT.
  Completion() = default;
  Completion(const Completion& other) : Completion(other.head_) {}
  Completion(Completion&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  // Two overloads, not one that takes its argument by value: in a template, clang 14 would never
  // destroy the argument of `pending = {}`.
  Completion& operator=(const Completion& other) noexcept { return *this = Completion(other); }
  Completion& operator=(Completion&& other) noexcept {
    Completion taken(std::move(other));
    std::swap(head_, taken.head_);
    return *this;
  }
  ~Completion() {
    if (head_ != nullptr) head_->release();
  }

  /// An explicit yield: it stands for no I/O and only lets other tasks run. It is finished and
  /// successful from the start; the scheduler sees it, and nothing can wait on it.
  static Completion yield();
  /// Work that is already done: finished and successful from the start, and not a yield.
  static Completion done();

  explicit operator bool() const { return head_ != nullptr; }
  friend bool operator==(const Completion&, const Completion&) = default;

  bool finished() const { return asked(internal::Question::finished).finished; }
  /// Finished without an error.
  bool succeeded() const {
    const internal::CompletionHead& now = asked(internal::Question::outcome);
    return now.finished && now.error == IOError::none;
  }
  /// IOError::none while pending and after success.
  IOError get_error() const { return asked(internal::Question::outcome).error; }
  /// Bytes moved, 0 while pending and after an error. A group's is the sum of its children's.
  std::uint64_t result() const {
    const internal::CompletionHead& now = asked(internal::Question::result);
    return now.finished ? now.result : 0;
  }
  bool is_explicit_yield() const { return head().kind == internal::CompletionKind::yield; }
  bool is_group() const { return head().kind == internal::CompletionKind::group; }
  /// Whether this and every I/O below it has finished. It differs from finished() only for a group
  /// that ended early: its other children still run, and own their buffers.
  bool drained() const;
  /// The pool's serial number of this completion, counted from 1; 0 for yield() and done().
  std::uint64_t id() const;
  /// The value of Observer::maker_now() when this was made; 0 without an observer, and for groups.
  std::uint64_t maker() const;
  /// The token that the device gave to CompletionPool::make(); 0 otherwise.
  std::uint64_t token() const { return head().token; }
  /// The largest result that the device may give; a larger one is misuse.
  std::uint64_t bytes_max() const;

  /// Asks the device to give up, which is only a request. It is legal at any time, and on a group
  /// it asks every unfinished child. The completion finishes when the device finishes it.
  void cancel() const;
  bool cancel_requested() const { return head().cancel_requested; }

  /// Declares that the outcome does not matter, as for a prefetch or a hint: under test it is then
  /// no mistake never to ask for it. On a group this covers the children too.
  void ignore() const;

  /// Registers `waiter`. Returns false, and registers nothing, if the completion has finished
  /// already.
  bool add_waiter(internal::Waiter& waiter) const;

  // For devices.

  /// The I/O moved `bytes`. Ignored if already finished.
  void finish(std::uint64_t bytes) const;
  /// The I/O failed. Ignored if already finished.
  void fail(IOError error) const;
  /// Forgets the callback and the waiters without running them; the completion stays pending for
  /// ever. A pending group that contains it is dropped too. (Every completion must be finished or
  /// dropped, because a group would keep it alive otherwise.)
  void drop() const;

 private:
  friend class CompletionGroup;
  friend class CompletionPool;
  friend struct internal::CompletionHead;
  friend struct internal::CompletionState;
  friend struct internal::GroupLink;
  friend class internal::Peek;

  explicit Completion(internal::CompletionHead* head) : head_(head) {  // shares
    if (head_ != nullptr) head_->retain();
  }
  internal::CompletionHead& head() const {
    REPRISE_ASSERT(head_ != nullptr, "this Completion stands for no I/O");
    return *head_;
  }
  internal::CompletionHead& asked(internal::Question question) const {
    internal::CompletionHead& now = head();
    if (now.is_observed) [[unlikely]]
      now.asked(question);
    return now;
  }
  internal::CompletionState& state() const;

  internal::CompletionHead* head_ = nullptr;
};

namespace internal {

/// Queries for the drivers and observers of machines. They do not count as questions of the
/// machine.
class Peek {
 public:
  explicit Peek(const Completion& completion) : head_(completion.head()) {}

  bool finished() const { return head_.finished; }
  bool succeeded() const { return head_.finished && head_.error == IOError::none; }
  IOError error() const { return head_.error; }

  /// Whether the machine has asked any question, or need not.
  bool is_asked() const { return head_.is_asked || head_.needs_no_question; }
  /// Whether the outcome was asked for, or need not be; asking a group that contains it counts too.
  bool is_outcome_asked() const { return head_.is_outcome_asked || head_.needs_no_question; }
  /// What the completion stands for, as far as its device tells.
  Canceller::Thing awaited_thing() const;
  /// The completion's state, valid as long as a handle exists.
  const CompletionHead& head() const { return head_; }
  /// Whether the byte count was asked for, or need not be.
  bool is_result_asked() const { return head_.is_result_asked || head_.needs_no_question; }

  /// Records that the driver asked for the outcome on the machine's behalf.
  void ask_outcome() const { head_.asked(Question::outcome); }
  /// Forgets the questions so far, which were answered "not yet".
  void forget_asked() const { head_.is_asked = false; }

 private:
  CompletionHead& head_;
};

}  // namespace internal

/// Makes completions; one per event loop or device. Allocates only to grow. Completions may outlive
/// their pool.
class CompletionPool {
 public:
  CompletionPool();
  CompletionPool(const CompletionPool&) = delete;
  CompletionPool& operator=(const CompletionPool&) = delete;
  ~CompletionPool();

  /// A pending completion. `canceller`, if any, must live until the completion has finished; it is
  /// given `token` back. `bytes_max` is the largest result that the device may give; the checks use
  /// it.
  Completion make(CompletionCallback callback = {}, Canceller* canceller = nullptr,
                  std::uint64_t token = 0, std::uint64_t bytes_max = UINT64_MAX);
  /// A completion that has failed already: an I/O refused at submit. Its callback has run.
  Completion refused(IOError error, CompletionCallback callback = {});

  /// The number of completions, groups included, that a handle or a pending group still holds.
  std::uint64_t live() const;
  /// Their serial numbers, in order.
  std::vector<std::uint64_t> live_ids() const;
  /// Starts the serial numbers again at 1, for a world that is used again.
  void restart_ids();

 private:
  internal::CompletionPoolState* state_;
};

}  // namespace reprise
