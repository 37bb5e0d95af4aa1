// Completion: a handle to one I/O, while it runs and after it has finished. A CompletionGroup joins
// several of them (completion_group.h); a back end makes them (completion_pool.h).
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
#include <reprise/core/internal/completion_head.h>
#include <reprise/core/io_error.h>

#include <cstdint>
#include <functional>
#include <utility>

namespace reprise {

class Completion;

namespace internal {
struct CompletionState;
struct GroupLink;
class Peek;
class Waiter;
}  // namespace internal

/// Runs when a completion has finished, with that completion. A capture of up to two pointers
/// allocates nothing.
using CompletionCallback = std::function<void(const Completion&)>;

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
  /// The pool's serial number of this completion, counted from 1, modulo 2^32; 0 for yield() and
  /// done().
  std::uint64_t id() const;
  /// The value of Observer::origin_now() when this was made; 0 without an observer, and for groups.
  std::uint64_t origin() const;
  /// The token that the device gave to CompletionPool::make(); 0 otherwise.
  std::uint64_t token() const { return head().token; }
  /// While pending, the largest result that the device may give: a larger one is misuse. Afterwards
  /// only whether there was a bound: UINT64_MAX says that there was none.
  std::uint64_t bytes_max() const { return head().is_bounded ? head().result : UINT64_MAX; }

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

}  // namespace reprise
