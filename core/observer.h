// Observer: the seam through which a test harness watches production code, and may make it yield.
// Without one, as in production, each await site and each Tracked store costs one predictable
// branch.
#pragma once

#include <reprise/core/completion.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SANITIZE_THREAD__)
#define REPRISE_IS_WATCHED true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REPRISE_IS_WATCHED true
#endif
#endif
#ifndef REPRISE_IS_WATCHED
#define REPRISE_IS_WATCHED false
#endif

namespace reprise {

/// A place in a user's code that stores into Tracked state.
struct CodeLocation {
  const char* file = "";
  int line = 0;

  /// The caller's place, when used as a default argument.
  static constexpr CodeLocation current(const char* file = __builtin_FILE(),
                                        int line = __builtin_LINE()) {
    return {file, line};
  }
};

namespace internal {

/// A place in a machine where it may suspend. One constant per macro expansion; two sites with the
/// same function and expression text are the same *name*, but not the same site.
struct AwaitSite {
  const char* function;    // __func__, the same text on every compiler
  const char* expression;  // what is awaited, as written
  const char* file;
  int line;
  bool is_watched = REPRISE_IS_WATCHED;  // compiled so that a store watch sees its stores
  bool resumes_here = false;             // re-entry resumes at this very arrival, even in a loop
};

/// One store into Tracked state, as seen just after it.
struct Store {
  const void* object;     // compared for equality only
  const char* name;       // as the author named it
  const char* operation;  // "+=", "push_back"
  CodeLocation place;     // line 0 for operators that cannot know it (++)
  std::uint64_t before;   // digest of the object's value
  std::uint64_t after;
  std::int64_t shown_before, shown_after;       // an integer's value, or a container's size
  bool shows_size;                              // true: a size
  std::uint64_t (*digest)(const void* object);  // of the value now
};

/// The answer of an entry, or of one awaited call.
enum class Answer : std::uint8_t { done, io, error };

enum class CompletionEvent : std::uint8_t { finished, finished_again, callback };

struct RepeatedCall;

class Observer {
 public:
  virtual ~Observer() = default;

  enum class Enter : std::uint8_t {
    call,      // go on and make the awaited call
    yield,     // do not call; answer with an explicit yield
    hand_over  // do not call; the value put aside earlier is in parked()
  };
  enum class Leave : std::uint8_t {
    pass,   // hand the answer to the machine
    again,  // drop the value and answer with an explicit yield: re-entry makes the call again
    park    // put the value aside (park()) and answer with an explicit yield
  };

  /// Control has arrived at an await site. If the result is `call`, leave_await() follows.
  virtual Enter enter_await(const AwaitSite& site) = 0;
  /// The awaited call has answered. The result is `again` or `park` only for Answer::done.
  virtual Leave leave_await(const AwaitSite& site, Answer answer) = 0;
  /// Gives room for a value put aside at the site just left. If the value is dropped, `destroy`
  /// destroys it.
  virtual void* park(std::size_t size, std::size_t alignment, void (*destroy)(void*)) = 0;
  /// Gives the value put aside, after Enter::hand_over; the caller moves it out and calls unpark().
  virtual void* parked() = 0;
  virtual void unpark() = 0;

  /// IO_YIELD_ONE: the machine is about to answer IO with `completion`.
  virtual void bare_yield(const AwaitSite& site, const Completion& completion) = 0;
  /// Called before and after the call within an EXPECT_NO_IO: nothing is injected in between.
  /// `yielded` tells whether the call yielded.
  virtual void enter_no_io(const AwaitSite& site) = 0;
  virtual void leave_no_io(const AwaitSite& site, bool yielded) = 0;

  virtual void stored(const Store& store) = 0;
  /// Suspends store tracking until resume_stores(): these stores are reported separately, or are
  /// irrelevant.
  virtual void pause_stores() {}
  virtual void resume_stores() {}
  /// A Tracked object is gone; its address may be used again.
  virtual void forgotten(const void* object) = 0;

  /// An awaited call has found that a condition holds now, and its caller acts on it: no yield may
  /// be injected between the two.
  virtual void holds_now() {}
  /// A call that may say "again" was made by call_again(). If it did not say so it has done its
  /// work: no yield may be injected behind it.
  virtual void called(const RepeatedCall& /*call*/) {}
  /// An IO answer was destroyed, and its caller had never inspected it.
  virtual void answer_ignored(const Completion& /*waits_for*/) {}
  /// result() was called on a completion that has not finished.
  virtual void result_asked_early(const Completion& /*completion*/) {}
  /// A completion is being made: gives the value of its origin().
  virtual std::uint64_t origin_now() { return 0; }
  /// `error` and `bytes` are the result that the device gave, even when it is ignored.
  virtual void completion_event(CompletionEvent event, const Completion& completion, IOError error,
                                std::uint64_t bytes) = 0;
};

// The one mutable global: a macro in a machine has no parameter to find its observer by.
inline constinit Observer* current_observer = nullptr;

/// The observer of this process's machines, or null.
inline Observer* observer() { return current_observer; }
/// Replaces the observer and returns the previous one.
inline Observer* set_observer(Observer* observer) {
  Observer* const before = current_observer;
  current_observer = observer;
  return before;
}

/// Guard: the observer does not track stores while it lives.
class UnseenStores {
 public:
  UnseenStores() : watching_(observer()) {
    if (watching_ != nullptr) [[unlikely]]
      watching_->pause_stores();
  }
  UnseenStores(const UnseenStores&) = delete;
  UnseenStores& operator=(const UnseenStores&) = delete;
  ~UnseenStores() { end(); }

  void end() {
    if (watching_ != nullptr) [[unlikely]]
      watching_->resume_stores();
    watching_ = nullptr;
  }

 private:
  Observer* watching_;
};

}  // namespace internal
}  // namespace reprise

/// Runs a statement whose stores do not count, such as an update of statistics or of a cache:
/// re-entry may repeat them. Without an observer it costs two predictable branches.
///
///   REPRISE_BENIGN(++stats.lookups);
#define REPRISE_BENIGN(...)                           \
  do {                                                \
    ::reprise::internal::UnseenStores reprise_benign; \
    __VA_ARGS__;                                      \
  } while (false)
