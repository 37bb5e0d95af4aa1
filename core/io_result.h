// IOResult<T>: the answer of a re-entrant function: Done with a value; IO, "call me again when
// these completions have finished"; or Err. The caller calls the function again until it answers
// Done or Err.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/completion.h>
#include <reprise/core/internal/completion_head.h>
#include <reprise/core/io_error.h>
#include <reprise/core/result.h>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace reprise {

/// What the caller of a machine must wait for: one completion (an I/O's or a group's), or only
/// another turn (an explicit yield).
class IOCompletions {
 public:
  IOCompletions(Completion completion) : completion_(std::move(completion)) {  // NOLINT: implicit
    REPRISE_ASSERT(static_cast<bool>(completion_), "an IO answer names what it waits for");
  }
  static IOCompletions explicit_yield() { return {Completion::yield()}; }

  const Completion& completion() const { return completion_; }
  bool is_explicit_yield() const { return completion_.is_explicit_yield(); }
  bool finished() const { return completion_.finished(); }
  bool succeeded() const { return completion_.succeeded(); }
  IOError get_error() const { return completion_.get_error(); }
  void cancel() const { completion_.cancel(); }

 private:
  Completion completion_;
};

namespace internal {

/// IO or Err: the answer of an awaited call that was not Done, on its way to the caller's caller.
using NotDone = std::variant<IOCompletions, IOError>;

/// An IO result that knows whether its caller inspected it. Destroyed uninspected, it is reported
/// to the Observer. A copy or move transfers the obligation.
class IOAnswer {
 public:
  REPRISE_UNWATCHED explicit IOAnswer(IOCompletions io) : io_(std::move(io)) {}
  REPRISE_UNWATCHED IOAnswer(const IOAnswer& other)
      : io_(other.io_), is_asked_(std::exchange(other.is_asked_, true)) {}
  REPRISE_UNWATCHED IOAnswer(IOAnswer&& other) noexcept
      : io_(std::move(other.io_)), is_asked_(std::exchange(other.is_asked_, true)) {}
  REPRISE_UNWATCHED IOAnswer& operator=(const IOAnswer& other) noexcept {
    return *this = IOAnswer(other);
  }
  REPRISE_UNWATCHED IOAnswer& operator=(IOAnswer&& other) noexcept {
    IOAnswer taken(std::move(other));
    std::swap(io_, taken.io_);
    std::swap(is_asked_, taken.is_asked_);
    return *this;
  }
  REPRISE_UNWATCHED ~IOAnswer() {
    if (!is_asked_) [[unlikely]]
      tell_ignored();
  }

  REPRISE_UNWATCHED void asked() const { is_asked_ = true; }
  const IOCompletions& io() const { return io_; }
  IOCompletions&& take() { return std::move(io_); }

 private:
  void tell_ignored() const;

  IOCompletions io_;
  mutable bool is_asked_ = false;
};

template <class U, class T, class Self>
concept ValueOf = !std::same_as<std::remove_cvref_t<U>, Self> && std::convertible_to<U&&, T>;
}  // namespace internal

template <class T>
class [[nodiscard]] IOResult {
  static_assert(!std::is_same_v<T, IOError>, "return an IOError as Err, not as a value");
  static_assert(!std::is_same_v<T, Completion> && !std::is_same_v<T, IOCompletions>,
                "a returned Completion means IO: wait for it, or wrap it to make it a value");
  static_assert(!std::is_void_v<T>, "use IOResult<Unit>");

 public:
  using Value = T;

  template <internal::ValueOf<T, IOResult> U = T>
  IOResult(U&& value)  // NOLINT: implicit, so that a machine may `return value`
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  IOResult(IOCompletions io) : state_(std::in_place_index<1>, std::move(io)) {}  // NOLINT: implicit
  IOResult(Completion io) : IOResult(IOCompletions(std::move(io))) {}            // NOLINT: implicit
  IOResult(IOError error) : state_(std::in_place_index<2>, error) {              // NOLINT: implicit
    REPRISE_ASSERT(error != IOError::none, "an Err answer needs an error");
  }
  IOResult(internal::NotDone not_done)  // NOLINT: implicit
      : state_(not_done.index() == 0
                   ? State(std::in_place_index<1>, std::move(*std::get_if<0>(&not_done)))
                   : State(std::in_place_index<2>, *std::get_if<1>(&not_done))) {}

  // The receiver of an answer must call one of the first two; RETURN_IF_IO does so.
  bool is_done() const { return !has_io_answer() && state_.index() == 0; }
  bool is_io() const { return has_io_answer(); }
  bool is_err() const { return state_.index() == 2; }

  /// The value; only when is_done().
  T& value() & {
    REPRISE_ASSERT(is_done(), "value() of an answer that is not Done");
    return *std::get_if<0>(&state_);
  }
  T&& value() && { return std::move(value()); }
  /// What to wait for; only when is_io().
  const IOCompletions& io() const {
    REPRISE_ASSERT(is_io(), "io() of an answer that is not IO");
    return std::get_if<1>(&state_)->io();
  }
  /// IOError::none unless is_err().
  IOError error() const { return is_err() ? *std::get_if<2>(&state_) : IOError::none; }
  /// For the await macros; only when not is_done().
  internal::NotDone not_done() && {
    if (is_io()) return internal::NotDone(std::in_place_index<0>, std::get_if<1>(&state_)->take());
    return internal::NotDone(std::in_place_index<1>, error());
  }

 private:
  using State = std::variant<T, internal::IOAnswer, IOError>;

  bool has_io_answer() const {
    const internal::IOAnswer* const io = std::get_if<1>(&state_);
    if (io != nullptr) io->asked();
    return io != nullptr;
  }

  State state_;
};

}  // namespace reprise
