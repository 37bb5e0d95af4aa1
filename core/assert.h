// REPRISE_ASSERT: a precondition or an invariant of Reprise itself, always on. A broken one is a
// bug of the harness (or of the code that calls it), never of the system under test: that is a
// finding.
#pragma once

namespace reprise::internal {

/// Prints `file:line: assertion failed: text (why)` to stderr and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* file, int line, const char* text, const char* why);

using AssertionListener = void (*)(const char* file, int line, const char* text, const char* why);

/// Told of it before the process aborts; null where nobody listens.
inline constinit AssertionListener on_assertion_failed = nullptr;

}  // namespace reprise::internal

/// Aborts with a message when `condition` is false. `why` says, in one sentence, what the caller
/// did wrong.
#define REPRISE_ASSERT(condition, why)                                              \
  do {                                                                              \
    if (!(condition)) [[unlikely]] {                                                \
      ::reprise::internal::assertion_failed(__FILE__, __LINE__, #condition, (why)); \
    }                                                                               \
  } while (false)
