// REPRISE_ASSERT: a precondition or an invariant of Reprise itself, always on. If it fails, the bug
// is in the harness or in the code that calls it, never in the system under test, whose bugs are
// findings.
#pragma once

namespace reprise::internal {

/// Prints `file:line: assertion failed: text (why)` to stderr and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* file, int line, const char* text, const char* why);

using AssertionListener = void (*)(const char* file, int line, const char* text, const char* why);

/// Called with a failed assertion before the process aborts; null if there is no listener.
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
