// Completion: what is known of one I/O while it runs and after; CompletionPool: where a back end
// gets them from. Several completions are joined by a CompletionGroup (completion_group.h).
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

/// How many handles of observed completions there are in this process. An observer compares two
/// readings to see whether a call has let go of a completion.
inline constinit std::int64_t observed_handles = 0;

/// What a machine has asked of a completion: whether it has finished, or how it came out.
enum class Question : std::uint8_t { finished, outcome, result };

/// What handles look at without a call. The rest of the state is core's own.
struct CompletionHead {
  CompletionPoolState* pool = nullptr;  // null for the two immortal states, which nobody counts
  std::uint32_t refs = 0;
  CompletionKind kind = CompletionKind::io;
  bool finished = false;
  bool cancel_requested : 1 = false;
  // Which questions were asked is taken down only where somebody observed when it was made.
  bool is_observed : 1 = false;
  bool is_asked : 1 = false;           // anything
  bool is_outcome_asked : 1 = false;   // how it came out, once that was known
  bool is_result_asked : 1 = false;    // how many bytes were moved, likewise
  bool needs_no_question : 1 = false;  // somebody is told, or does not want to know
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
  /// Asked at most once per completion, while it is pending. The device answers by finishing it:
  /// with IOError::cancelled, or with its ordinary result if the request came too late; now or
  /// later.
  virtual void cancel(const Completion& completion, std::uint64_t token) = 0;

  /// What its pending completions stand for, where that is no I/O.
  struct Thing {
    const char* name = nullptr;  // null: nothing is known
    bool is_lock = false;
    std::uint64_t held_by =
        0;  // of a lock: internal::Observer::maker_now() when it was taken, or 0
  };
  /// For whoever asks why a completion does not finish.
  virtual Thing awaited_thing() const { return {}; }
};

namespace internal {
/// Somebody who is told when a completion finishes: a parked task, a group. Told once, after the
/// completion's own callback, in the order of registration.
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
  /// Means no I/O; every question but `bool` is a REPRISE_ASSERT.
  Completion() = default;
  Completion(const Completion& other) : Completion(other.head_) {}
  Completion(Completion&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  // Two, and none by value: in a template clang 14 never destroys the argument of `pending = {}`.
  Completion& operator=(const Completion& other) noexcept { return *this = Completion(other); }
  Completion& operator=(Completion&& other) noexcept {
    Completion taken(std::move(other));
    std::swap(head_, taken.head_);
    return *this;
  }
  ~Completion() {
    if (head_ != nullptr) head_->release();
  }

  /// An explicit yield: carries no I/O, only "let others run". Finished and good from birth; it
  /// reaches the scheduler, and nobody can wait on it.
  static Completion yield();
  /// Finished and good from birth, and no yield: what there was to do is done.
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
  /// Finished, and every I/O below too. The same as finished() but for a group that failed early:
  /// its siblings still run, and own their buffers.
  bool drained() const;
  /// The pool's serial number of this completion, counted from 1; 0 for yield() and done().
  std::uint64_t id() const;
  /// What the observer has called its maker; 0 if there was none, and for groups.
  std::uint64_t maker() const;
  /// What its device gave CompletionPool::make(); 0 otherwise.
  std::uint64_t token() const { return head().token; }
  /// The largest result that is no misuse by the device.
  std::uint64_t bytes_max() const;

  /// Asks the device to give up; a request. Legal at any time; on a group, asks every unfinished
  /// child. The completion finishes when the device has given its last word.
  void cancel() const;
  bool cancel_requested() const { return head().cancel_requested; }

  /// Nobody wants to know how it comes out: a prefetch, a hint. Under test it is no mistake then
  /// not to ask. Of a group, its children too.
  void ignore() const;

  /// Registers `waiter`; false, and nothing registered, if the completion has finished already.
  bool add_waiter(internal::Waiter& waiter) const;

  // For devices.

  /// The I/O moved `bytes`. Ignored if already finished.
  void finish(std::uint64_t bytes) const;
  /// The I/O failed. Ignored if already finished.
  void fail(IOError error) const;
  /// Forgets callback and waiters without running them; the completion stays pending for ever. A
  /// pending group that it stands in is dropped with it. (Each completion is finished or dropped: a
  /// group would keep it alive otherwise.)
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

/// For those who drive and watch machines: what they ask is not asked by the machine.
class Peek {
 public:
  explicit Peek(const Completion& completion) : head_(completion.head()) {}

  bool finished() const { return head_.finished; }
  bool succeeded() const { return head_.finished && head_.error == IOError::none; }
  IOError error() const { return head_.error; }

  /// Whether the machine has asked anything, or need not.
  bool is_asked() const { return head_.is_asked || head_.needs_no_question; }
  /// Whether anybody has asked how it came out; asking a group that holds it counts as well.
  bool is_outcome_asked() const { return head_.is_outcome_asked || head_.needs_no_question; }
  /// What it waits for, as far as its device says.
  Canceller::Thing awaited_thing() const;
  /// Where its state lies, as long as there is a handle.
  const CompletionHead& head() const { return head_; }
  /// Whether somebody asked how many bytes were moved, or need not.
  bool is_result_asked() const { return head_.is_result_asked || head_.needs_no_question; }

  /// The driver has asked for the machine.
  void ask_outcome() const { head_.asked(Question::outcome); }
  /// What was asked so far was answered "not yet".
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

  /// A pending completion. `canceller`, if any, must live until the completion has finished, and is
  /// given `token` back. `bytes_max`: the largest result that is no misuse (for the checks).
  Completion make(CompletionCallback callback = {}, Canceller* canceller = nullptr,
                  std::uint64_t token = 0, std::uint64_t bytes_max = UINT64_MAX);
  /// A completion that has failed already: an I/O refused at submit. Its callback has run.
  Completion refused(IOError error, CompletionCallback callback = {});

  /// Completions, groups included, that some handle or some pending group still holds.
  std::uint64_t live() const;
  /// Their serial numbers, in order.
  std::vector<std::uint64_t> live_ids() const;
  /// Starts the serial numbers again at 1, for a world that is used anew.
  void restart_ids();

 private:
  internal::CompletionPoolState* state_;
};

}  // namespace reprise
