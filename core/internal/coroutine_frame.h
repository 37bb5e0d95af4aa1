// CoroutineFrame: what the compiler and step() need of a Coroutine, and the bodies of its
// templates. The end of coroutine.h includes this file; nothing else should.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/coroutine.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/io_result.h>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace reprise::internal {

class CoroutineFrame;

/// What a suspended frame awaits; lives in that frame.
class CoroutineAwait {
 public:
  virtual ~CoroutineAwait() = default;
  static constexpr bool await_ready() { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    suspend(awaiting.promise());
  }

  /// What must finish before the coroutine can go on; empty when the await is over.
  virtual Completion waits_for() = 0;
  virtual IOError error() const = 0;
  /// Whether other tasks may be let in once the await is over. Not after a call that may have had
  /// an effect: a real run could not switch tasks between the call and the code after it.
  virtual bool may_pause() const { return false; }
  /// The frame that is to run instead of the awaiting one, if any; it is now awaited.
  virtual CoroutineFrame* callee() { return nullptr; }
  virtual void callee_ended() {}
  virtual void drop_callee() {}

 protected:
  CoroutineAwait() = default;
  CoroutineAwait(CoroutineAwait&&) = default;

  bool ends_on_error_ = false;

 private:
  friend class CoroutineFrame;
  void suspend(CoroutineFrame& awaiting) noexcept;
};

template <class T>
class ResultAwait : public CoroutineAwait {
 public:
  using Value = T;
  IOError error() const override { return result_ ? result_->error() : IOError::none; }
  Result<T> await_resume() {
    if (thrown_) std::rethrow_exception(std::move(thrown_));
    return std::move(*result_);
  }

 protected:
  std::optional<Result<T>> result_;
  std::exception_ptr thrown_;
};

class CompletionAwait : public ResultAwait<std::uint64_t> {
 public:
  explicit CompletionAwait(Completion completion) : completion_(std::move(completion)) {}
  Completion waits_for() override;
  bool may_pause() const override { return true; }

 private:
  Completion completion_;
  bool has_yielded_ = false;
};

class YieldAwait final : public CompletionAwait {
 public:
  explicit YieldAwait(Yield) : CompletionAwait(Completion::yield()) {}
  void await_resume() const {}
};

template <class Entry>
class EntryAwait : public ResultAwait<typename std::invoke_result_t<Entry&>::Value> {
 public:
  explicit EntryAwait(Entry&& entry) : entry_(std::forward<Entry>(entry)) {}

  Completion waits_for() override {
    if (this->result_ || this->thrown_) return {};
    if (!waits_for_ || internal::Peek(waits_for_).finished()) enter();
    return waits_for_;
  }

 private:
  void enter() {
    waits_for_ = {};
    try {
      auto answer = entry_();
      if (answer.is_io()) {
        waits_for_ = answer.io().completion();
      } else if (answer.is_err()) {
        this->result_.emplace(answer.error());
      } else {
        this->result_.emplace(std::move(answer).value());
      }
    } catch (...) {
      this->thrown_ = std::current_exception();
    }
  }

  Entry entry_;
  Completion waits_for_;
};

template <class T>
class CallAwait : public ResultAwait<T> {
 public:
  explicit CallAwait(Coroutine<T>&& called) : called_(std::move(called)) {}

  Completion waits_for() override { return {}; }
  CoroutineFrame* callee() override;
  void callee_ended() override;
  void drop_callee() override { const Coroutine<T> dropped = std::move(called_); }

 private:
  Coroutine<T> called_;
};

template <class Await>
class OrReturnAwait final : public Await {
 public:
  template <class A>
  explicit OrReturnAwait(OrReturn<A>&& or_return) : Await(std::forward<A>(or_return.awaited)) {
    this->ends_on_error_ = true;
  }
  typename Await::Value await_resume() { return Await::await_resume().value(); }
};

template <class A, class Plain = std::remove_cvref_t<A>>
struct AwaitFor {
  static_assert(std::is_invocable_v<A&>,
                "co_await takes a Completion, a Coroutine, or a callable that answers an IOResult");
  using Type = EntryAwait<A>;
};
template <class A>
struct AwaitFor<A, Completion> {
  using Type = CompletionAwait;
};
template <class A>
struct AwaitFor<A, Yield> {
  using Type = YieldAwait;
};
template <class A, class T>
struct AwaitFor<A, Coroutine<T>> {
  static_assert(!std::is_lvalue_reference_v<A>, "a coroutine is moved into its co_await");
  using Type = CallAwait<T>;
};
template <class A, class B>
struct AwaitFor<A, OrReturn<B>> {
  using Type = OrReturnAwait<typename AwaitFor<B>::Type>;
};

/// The common part of all coroutine promises. In a chain of frames that await each other, the root
/// is the one that is stepped.
class CoroutineFrame {
 public:
  CoroutineFrame(const CoroutineFrame&) = delete;
  CoroutineFrame& operator=(const CoroutineFrame&) = delete;

  // For the compiler.
  static std::suspend_always initial_suspend() noexcept { return {}; }
  static std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception() { thrown_ = std::current_exception(); }
  template <class A>
  auto await_transform(A&& awaited) {
    return typename AwaitFor<A>::Type(std::forward<A>(awaited));
  }

  // Only the root of a chain of coroutines has these.

  /// Runs the chain until it waits, and gives what it waits for; gives an empty Completion if the
  /// root has ended.
  Completion run();
  /// Frees the frames, the innermost first.
  void destroy();

  /// Joins this chain to that of `awaiting`, which awaits it. Gives the innermost frame.
  CoroutineFrame& become_awaited_by(CoroutineFrame& awaiting);

 protected:
  explicit CoroutineFrame(std::coroutine_handle<> handle) : handle_(handle) {}
  ~CoroutineFrame() = default;

  IOError error_ = IOError::none;  // the error that it ended with, if any
  std::exception_ptr thrown_;

 private:
  friend class CoroutineAwait;

  bool is_over(CoroutineAwait& await, Completion& waits_for);

  std::coroutine_handle<> handle_;
  CoroutineAwait* await_ = nullptr;       // what it is suspended at; null at its beginning
  CoroutineFrame* awaited_by_ = nullptr;  // null: the root
  CoroutineFrame* innermost_ = this;      // of the root: the frame that runs next
  bool is_running_ = false;               // of the root
};

template <class T>
class CoroutinePromise final : public CoroutineFrame {
 public:
  CoroutinePromise()
      : CoroutineFrame(std::coroutine_handle<CoroutinePromise>::from_promise(*this)) {}
  Coroutine<T> get_return_object() { return Coroutine<T>(*this); }
  void return_value(T value) { value_.emplace(std::move(value)); }
  void return_value(IOError error) {
    REPRISE_ASSERT(error != IOError::none, "an Err answer needs an error");
    error_ = error;
  }
  void return_value(Result<T> result) {
    if (result.ok()) {
      value_.emplace(std::move(result).value());
    } else {
      error_ = result.error();
    }
  }

  /// Only when it has ended. Throws what the body threw.
  Result<T> take() {
    if (thrown_) std::rethrow_exception(std::move(thrown_));
    if (error_ != IOError::none) return error_;
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <class T>
CoroutineFrame* CallAwait<T>::callee() {
  REPRISE_ASSERT(!called_.finalized(), "a coroutine that has ended cannot be awaited");
  return called_.promise_;
}

template <class T>
void CallAwait<T>::callee_ended() {
  const Coroutine<T> ended = std::move(called_);
  try {
    this->result_.emplace(ended.promise_->take());
  } catch (...) {
    this->thrown_ = std::current_exception();
  }
}

}  // namespace reprise::internal
