// Adapting machines that have result and completion types, and an await macro, of their own. They
// stay as they are: all of this goes into one header of the user's, and they need not know us.
// examples/foreign_variant is such a header, whole; examples/foreign_c is another, for C.
//
// Their answers: a ResultAdapter says once what they mean (below). Then
//
//   sim.await([&] { return adapt(meter.add(1)); });
//   sim.drive("meter", [&] { return adapt(meter.add(1)); });
//
// Their await macro, so that its uses become await sites (yields are injected there, and double
// mutation is looked for): define it again, in the same words, with ADAPTED_AWAIT where it
// evaluates its argument,
//
//   #include "meter/poll.h"
//   #undef TRY_READY
//   #define TRY_READY(...) ({ auto poll = ADAPTED_AWAIT(#__VA_ARGS__, __VA_ARGS__); ... })
//
// and have the compiler include that header before each of their sources: `-include adapter.h`.
// Who has no such macro does without. Then only entries and waits are seen: every order, fault,
// cancel and abandonment is explored all the same, and results, invariants, deadlocks and spurious
// re-entry are checked; but no yield is injected into the machine, and what was changed before a
// wait and again after it is found by its consequences, not named by double-mutation.
//
// Their I/O: implement it by a File. Where they are told by callbacks, see callback_io.h.
#pragma once

#include <reprise/core/await.h>

#include <type_traits>
#include <utility>

namespace reprise {

/// What an entry of an adapted machine answered: done, io ("not yet") or error.
using AdaptedAnswer = internal::Answer;

/// To be specialised for each result type, with
///
///   using Value = T;
///   static AdaptedAnswer answer(const R& result);
///   static T value(R&& result);                      // of AdaptedAnswer::done
///   static IOError error(const R& result);           // of AdaptedAnswer::error
///   static Completion waits_for(const R& result);    // of AdaptedAnswer::io; Completion::yield()
///   if only
///                                                    // for a turn
/// and, for ADAPTED_AWAIT,
///   static R done(T value);
///   static R yield();                                // "not yet", and nothing to wait for
template <class R>
struct ResultAdapter;

/// What `result` means here.
template <class R>
IOResult<typename ResultAdapter<R>::Value> adapt(R result) {
  using Adapter = ResultAdapter<R>;
  switch (Adapter::answer(result)) {
    case AdaptedAnswer::done: break;
    case AdaptedAnswer::io: return IOCompletions(Adapter::waits_for(result));
    case AdaptedAnswer::error: return Adapter::error(result);
  }
  return Adapter::value(std::move(result));
}

namespace internal {

/// An answer of theirs, as the await sites want it.
template <class R>
class AdaptedAnswer {
 public:
  using Value = typename ResultAdapter<R>::Value;

  explicit AdaptedAnswer(R result) : result_(std::move(result)) {}
  explicit AdaptedAnswer(Value&& value) : result_(ResultAdapter<R>::done(std::move(value))) {}
  explicit AdaptedAnswer(const IOCompletions&) : result_(ResultAdapter<R>::yield()) {}

  bool is_done() const { return ResultAdapter<R>::answer(result_) == Answer::done; }
  bool is_io() const { return ResultAdapter<R>::answer(result_) == Answer::io; }
  Value value() && { return ResultAdapter<R>::value(std::move(result_)); }
  R result() && { return std::move(result_); }

 private:
  R result_;
};

template <class R>
concept HasAdapter = requires {
  typename ResultAdapter<R>::Value;
};

template <class Call>
inline auto adapted_await(const AwaitSite& site, Call&& call) {
  using R = std::remove_cvref_t<std::invoke_result_t<Call&>>;
  static_assert(HasAdapter<R>,
                "ADAPTED_AWAIT takes a call whose result type has a reprise::ResultAdapter: "
                "specialise it for this type");
  if constexpr (HasAdapter<R>) {
    return await_call(site, [&call] { return AdaptedAnswer<R>(call()); }).result();
  } else {
    return call();
  }
}

}  // namespace internal

}  // namespace reprise

/// Evaluates an expression that gives an answer of theirs, and gives that answer, or "not yet"
/// instead: an await site. `text` is the expression as written.
#define ADAPTED_AWAIT(text, ...)                                                       \
  __extension__({                                                                      \
    REPRISE_AWAIT_SITE(text);                                                          \
    ::reprise::internal::adapted_await(reprise_site, [&]() { return (__VA_ARGS__); }); \
  })
