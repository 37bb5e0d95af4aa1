// Compile errors for await macros that are given something that cannot be awaited, one sentence
// each. A mistaken call gets a type with which the rest of the macro compiles, so that no further
// errors follow. For await.h only.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>
#include <reprise/core/result.h>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace reprise::internal {

/// An IOResult, or what stands in for one.
template <class R>
concept Awaitable = requires(const R& answer) {
  typename R::Value;
  { answer.is_done() } -> std::same_as<bool>;
  { answer.is_io() } -> std::same_as<bool>;
};

/// A type that is never IO, such as Result.
template <class R>
concept ResultLike = !Awaitable<R> && requires(const R& result) {
  result.ok();
  result.error();
};

/// Stands for the answer of a call that cannot be awaited. It is only declared and never runs.
template <class T>
struct MistakenAnswer {
  using Value = T;
  bool is_done() const;
  bool is_io() const;
  T value() &&;
  NotDone not_done() &&;
};

template <class R>
struct AnswerIn {
  using Type = MistakenAnswer<R>;
};
template <Awaitable R>
struct AnswerIn<R> {
  using Type = R;
};
template <class R>
requires std::same_as<R, Completion> || std::same_as<R, IOCompletions>
struct AnswerIn<R> {
  using Type = MistakenAnswer<std::uint64_t>;
};
template <class T>
struct AnswerIn<Result<T>> {
  using Type = MistakenAnswer<T>;
};

/// False, with a compile error, if an await macro cannot take a call that returns R. `Call` is a
/// type unique to each use of a macro, so that each use gets its own error.
template <class R, class Call>
constexpr bool can_be_awaited() {
  constexpr bool is_completion = std::same_as<R, Completion> || std::same_as<R, IOCompletions>;
  static_assert(!std::is_void_v<R>,
                "this call returns nothing, so it cannot be awaited: call it without the macro, or "
                "let it return IOResult<Unit>");
  static_assert(
      !is_completion,
      "this call returns a Completion, which is not yet a result: keep it in the machine, "
      "and await take_finished() of it");
  static_assert(
      !ResultLike<R>,
      "this call returns a result that is there at once, so it cannot be awaited: ask its "
      "ok() and error()");
  static_assert(std::is_void_v<R> || is_completion || ResultLike<R> || Awaitable<R>,
                "an await macro takes a call that returns an IOResult");
  return Awaitable<R>;
}

/// The same for the argument of IO_YIELD_ONE.
template <class C>
constexpr bool can_be_yielded_on() {
  constexpr bool is_completion = std::convertible_to<const C&, Completion>;
  constexpr bool is_answer = Awaitable<C>;
  static_assert(!is_answer,
                "IO_YIELD_ONE takes a Completion, and this is an IOResult: await the call with "
                "RETURN_IF_IO, or return the answer as it is");
  static_assert(!std::same_as<C, IOCompletions>,
                "IO_YIELD_ONE takes a Completion, and these are IOCompletions: return them as they "
                "are, or yield on their completion()");
  static_assert(is_completion || is_answer || std::same_as<C, IOCompletions>,
                "IO_YIELD_ONE takes a Completion: what is waited for");
  return is_completion;
}

}  // namespace reprise::internal
