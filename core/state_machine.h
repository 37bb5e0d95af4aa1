// StateMachine<State>: drives a state whose step() makes one transition at a time, and remembers
// that it has ended.
//
//   struct Copy {
//     Transition<int> step();   // Continue, Done(value), IO(completions) or Err
//   };
//   StateMachine<Copy> copy{Copy{...}};
//   int bytes = RETURN_IF_IO(copy.step());
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/io_result.h>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace reprise {

/// "Call step() again at once."
struct Continue {};

namespace internal {
template <class U, class T, class Self>
concept AnswerOf =
    !std::same_as<std::remove_cvref_t<U>, Self> &&
    !std::same_as<std::remove_cvref_t<U>, Continue> && std::constructible_from<IOResult<T>, U>;
}  // namespace internal

template <class T>
class [[nodiscard]] Transition {
 public:
  using Value = T;

  Transition(Continue) {}                                         // NOLINT: implicit
  Transition(IOResult<T> answer) : answer_(std::move(answer)) {}  // NOLINT: implicit
  template <internal::AnswerOf<T, Transition> U>
  Transition(U&& answer)  // NOLINT: implicit
      : answer_(IOResult<T>(std::forward<U>(answer))) {}

  bool continues() const { return !answer_.has_value(); }
  /// Only when not continues().
  IOResult<T>&& answer() && { return std::move(*answer_); }

 private:
  std::optional<IOResult<T>> answer_;
};

/// Requirements on State: `Transition<T> step()`.
template <class State>
class StateMachine {
 public:
  using Value = typename decltype(std::declval<State&>().step())::Value;

  explicit StateMachine(State state = {}) : state_(std::move(state)) {}

  /// Makes transitions until the state answers Done, IO or Err. Must not be called once
  /// finalized().
  IOResult<Value> step() {
    REPRISE_ASSERT(!finalized_, "this StateMachine has ended; reset() it before it is used again");
    for (;;) {
      auto transition = state_.step();
      if (transition.continues()) continue;
      IOResult<Value> answer = std::move(transition).answer();
      finalized_ = !answer.is_io();
      return answer;
    }
  }

  /// Whether it has answered Done or Err.
  bool finalized() const { return finalized_; }
  /// Begins again from `state`.
  void reset(State state = {}) {
    state_ = std::move(state);
    finalized_ = false;
  }

  State& state() { return state_; }
  const State& state() const { return state_; }

 private:
  State state_;
  bool finalized_ = false;
};

}  // namespace reprise
