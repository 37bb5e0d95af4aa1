// The await macros: how a machine calls something that may yield.
//
//   IOResult<int> Pager::sum() {
//     Page* page = RETURN_IF_IO(read(3));   // IO and Err go to the caller; Done gives the value
//     return page->a + page->b;
//   }
//
// Every expansion is an await site. With no Observer it costs one branch and the call.
#pragma once

#include <reprise/core/internal/await_mistakes.h>
#include <reprise/core/io_result.h>
#include <reprise/core/observer.h>

#include <new>
#include <type_traits>
#include <utility>

namespace reprise::internal {

template <class Call>
using Awaited = typename AnswerIn<std::remove_cvref_t<std::invoke_result_t<Call&>>>::Type;

template <class Call>
constexpr bool is_awaitable() {
  return can_be_awaited<std::remove_cvref_t<std::invoke_result_t<Call&>>, Call>();
}

template <class Call>
[[gnu::noinline]] Awaited<Call> observed_await(Observer& watching, const AwaitSite& site,
                                               Call& call) {
  using R = Awaited<Call>;
  using T = typename R::Value;
  switch (watching.enter_await(site)) {
    case Observer::Enter::call: break;
    case Observer::Enter::yield: return R(IOCompletions::explicit_yield());
    case Observer::Enter::hand_over: {
      T* const value = static_cast<T*>(watching.parked());
      R result(std::move(*value));
      watching.unpark();
      return result;
    }
  }
  R result = call();
  const Answer answer = result.is_done() ? Answer::done
                        : result.is_io() ? Answer::io
                                         : Answer::error;
  switch (watching.leave_await(site, answer)) {
    case Observer::Leave::pass: return result;
    case Observer::Leave::again: return R(IOCompletions::explicit_yield());
    case Observer::Leave::park: break;
  }
  void* const room =
      watching.park(sizeof(T), alignof(T), [](void* value) { static_cast<T*>(value)->~T(); });
  new (room) T(std::move(result).value());
  return R(IOCompletions::explicit_yield());
}

template <class Call>
inline Awaited<Call> await_call(const AwaitSite& site, Call&& call) {
  if constexpr (is_awaitable<Call>()) {
    if (Observer* const watching = internal::observer(); watching != nullptr) [[unlikely]] {
      return observed_await(*watching, site, call);
    }
    return call();
  } else {
    return {};
  }
}

inline IOCompletions yield_on(const AwaitSite& site, Completion completion) {
  if (Observer* const watching = internal::observer(); watching != nullptr) [[unlikely]] {
    watching->bare_yield(site, completion);
  }
  return IOCompletions(std::move(completion));
}

template <class C>
inline IOCompletions bare_yield(const AwaitSite& site, C&& completion) {
  if constexpr (can_be_yielded_on<std::remove_cvref_t<C>>()) {
    return yield_on(site, std::forward<C>(completion));
  } else {
    return IOCompletions::explicit_yield();
  }
}

template <class Call>
inline Awaited<Call> call_without_io(const AwaitSite& site, Call&& call) {
  if constexpr (is_awaitable<Call>()) {
    Observer* const watching = internal::observer();
    if (watching != nullptr) [[unlikely]]
      watching->enter_no_io(site);
    Awaited<Call> result = call();
    if (watching != nullptr) [[unlikely]]
      watching->leave_no_io(site, result.is_io());
    REPRISE_ASSERT(watching != nullptr || !result.is_io(), site.expression);
    return result;
  } else {
    return {};
  }
}

}  // namespace reprise::internal

#define REPRISE_AWAIT_SITE(text)                                 \
  static constexpr ::reprise::internal::AwaitSite reprise_site { \
    __func__, text, __FILE__, __LINE__                           \
  }

/// Evaluates its argument, an expression that gives an IOResult. If that is Done, the macro gives
/// its value. If it is IO or Err, the enclosing function returns it; on re-entry control must reach
/// a call of the same operation again.
#define RETURN_IF_IO(...)                                                               \
  __extension__({                                                                       \
    REPRISE_AWAIT_SITE(#__VA_ARGS__);                                                   \
    auto reprise_result =                                                               \
        ::reprise::internal::await_call(reprise_site, [&]() { return (__VA_ARGS__); }); \
    if (!reprise_result.is_done()) [[unlikely]]                                         \
      return std::move(reprise_result).not_done();                                      \
    std::move(reprise_result).value();                                                  \
  })

/// Like RETURN_IF_IO, but assigns `field = saved` before it returns IO or Err, which puts back what
/// the machine took out of itself to make the call.
#define RETURN_AND_RESTORE_IF_IO(field, saved, ...)                                     \
  __extension__({                                                                       \
    REPRISE_AWAIT_SITE(#__VA_ARGS__);                                                   \
    auto reprise_result =                                                               \
        ::reprise::internal::await_call(reprise_site, [&]() { return (__VA_ARGS__); }); \
    if (!reprise_result.is_done()) [[unlikely]] {                                       \
      (field) = (saved);                                                                \
      return std::move(reprise_result).not_done();                                      \
    }                                                                                   \
    std::move(reprise_result).value();                                                  \
  })

/// Returns IO with `completion` from the enclosing function. Re-entry does not resume here: the
/// machine must have advanced its state before.
#define IO_YIELD_ONE(completion)                                        \
  do {                                                                  \
    REPRISE_AWAIT_SITE(#completion);                                    \
    return ::reprise::internal::bare_yield(reprise_site, (completion)); \
  } while (false)

/// For a call that may yield by its type but must not yield here (because the page is pinned, say).
/// Nothing is injected within it. A yield is a finding under test, and aborts in production. Err is
/// returned to the caller.
#define EXPECT_NO_IO(...)                                                                    \
  __extension__({                                                                            \
    REPRISE_AWAIT_SITE(#__VA_ARGS__);                                                        \
    auto reprise_result =                                                                    \
        ::reprise::internal::call_without_io(reprise_site, [&]() { return (__VA_ARGS__); }); \
    if (!reprise_result.is_done()) [[unlikely]]                                              \
      return std::move(reprise_result).not_done();                                           \
    std::move(reprise_result).value();                                                       \
  })
