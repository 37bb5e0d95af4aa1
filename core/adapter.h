// Adapts machines that have their own result and completion types, and their own await macro. The
// machines stay as they are and need not know Reprise: all of this goes into one header of yours.
// examples/foreign_variant has a complete one; examples/foreign_c has another, for C.
//
// Their answers: specialise ResultAdapter (below), which says once what they mean. Then
//
//   sim.await([&] { return adapt(meter.add(1)); });
//   sim.drive("meter", [&] { return adapt(meter.add(1)); });
//
// Their await macro: to turn its uses into await sites (where yields are injected, and double
// mutation is looked for), define it again with the same text, but with ADAPTED_AWAIT where it
// evaluates its argument,
//
//   #include "meter/poll.h"
//   #undef TRY_READY
//   #define TRY_READY(...) ({ auto poll = ADAPTED_AWAIT(#__VA_ARGS__, __VA_ARGS__); ... })
//
// and have the compiler include that header before each of their sources: `-include adapter.h`.
// Without such a macro only entries and waits are seen. Every order, fault, cancel and abandonment
// is still explored, and results, invariants, deadlocks and spurious re-entry are still checked.
// But no yield is injected into the machine, and a change made before a wait and again after it is
// found by its consequences, not by the check double-mutation.
//
// Calls that give a number and say "again", as those of a C library over sockets that do not block:
// call_again(), below, and Stream::try_recv() and try_send() for what they call.
//
// Their I/O: implement it with a File. For machines that are told by callbacks, see callback_io.h.
#pragma once

#include <reprise/core/await.h>
#include <reprise/core/network/again.h>  // IWYU pragma: export

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
///   static Completion waits_for(const R& result);    // of AdaptedAnswer::io; for a mere turn:
///                                                    // Completion::yield()
/// and, for ADAPTED_AWAIT,
///   static R done(T value);
///   static R yield();                                // "not yet", and nothing to wait for
template <class R>
struct ResultAdapter;

/// Translates `result` into an IOResult.
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

/// An adapted answer in the form that await sites expect.
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

/// An await site: evaluates an expression that gives an adapted answer, and gives that answer or,
/// where a yield is injected, "not yet". `text` is the expression as written.
#define ADAPTED_AWAIT(text, ...)                                                       \
  __extension__({                                                                      \
    REPRISE_AWAIT_SITE(text);                                                          \
    ::reprise::internal::adapted_await(reprise_site, [&]() { return (__VA_ARGS__); }); \
  })
