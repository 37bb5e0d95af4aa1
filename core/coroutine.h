// Coroutine<T>: a machine written as a C++20 coroutine. It is entered with step(), like any other
// machine.
//
//   Coroutine<std::uint64_t> copy(File& from, File& to) {
//     const Buffer block = Buffer::allocate(4096);
//     for (std::uint64_t at = 0;;) {
//       const std::uint64_t bytes = co_await or_return(from.pread(at, block));
//       if (bytes == 0) co_return at;
//       at += co_await or_return(to.pwrite(at, block.slice(0, bytes)));
//     }
//   }
//
//   Coroutine<std::uint64_t> copying = copy(from, to);
//   sim.await([&] { return copying.step(); });   // within a machine: RETURN_IF_IO(copying.step())
//
// What `co_await` takes, and gives:
//   a Completion                        Result<std::uint64_t>: bytes moved, or the error
//   Yield{}                             nothing, after others have run
//   a Coroutine<U>, moved               Result<U>; the await throws what it throws
//   a callable that answers IOResult<U> Result<U>; it is called until it says Done or Err
//   or_return(any of these)             the value; on an error the coroutine ends with that error
//
// Arguments taken by reference, and the captures of a lambda, must outlive the coroutine. Each call
// allocates a frame. Chains of coroutines awaiting each other may be as deep as memory allows.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/io_result.h>

#include <utility>

namespace reprise {

template <class T = Unit>
class Coroutine;

/// For co_await: an explicit yield.
struct Yield {};

/// For co_await: an error ends the awaiting coroutine, as if it had said `co_return error`.
template <class A>
struct OrReturn {
  A awaited;
};
template <class A>
OrReturn<A> or_return(A&& awaited) {
  return {std::forward<A>(awaited)};
}

namespace internal {
template <class T>
class CallAwait;
template <class T>
class CoroutinePromise;
}  // namespace internal

/// Begins at its first step(). If it is destroyed before its end, its locals are destroyed, those
/// of the innermost coroutine first, and nothing is cancelled: I/Os in flight go on.
template <class T>
class [[nodiscard]] Coroutine {
  static_assert(!std::is_void_v<T>, "use Coroutine<Unit>, which is Coroutine<>");

 public:
  using Value = T;
  using promise_type = internal::CoroutinePromise<T>;

  Coroutine(Coroutine&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Coroutine& operator=(Coroutine&& other) noexcept {
    Coroutine taken(std::move(other));
    std::swap(promise_, taken.promise_);
    return *this;
  }
  ~Coroutine() {
    if (promise_ != nullptr) promise_->destroy();
  }

  /// Runs until the coroutine waits or ends. At its end its frame is freed, and it must not be
  /// stepped again. While the awaited completion is pending, step() does nothing and gives the same
  /// answer again. It throws what the body throws, which ends the coroutine.
  IOResult<T> step() {
    REPRISE_ASSERT(promise_ != nullptr, "this coroutine has ended; call the function again");
    if (Completion waits_for = promise_->run()) return waits_for;
    const Coroutine ended = std::move(*this);
    Result<T> result = ended.promise_->take();
    if (!result.ok()) return result.error();
    return std::move(result).value();
  }

  /// Whether it has answered Done or Err, or was moved from.
  bool finalized() const { return promise_ == nullptr; }

 private:
  friend promise_type;
  friend class internal::CallAwait<T>;

  explicit Coroutine(promise_type& promise) : promise_(&promise) {}

  promise_type* promise_ = nullptr;
};

}  // namespace reprise

#include <reprise/core/internal/coroutine_frame.h>  // the bodies
