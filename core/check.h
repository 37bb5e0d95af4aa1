// REPRISE_CHECK: a precondition or an invariant of Reprise itself, always on. A broken one is a bug
// of the harness (or of the code that calls it), never of the system under test: that is a finding.
#pragma once

namespace reprise {

/// Prints `file:line: check failed: text (why)` to stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* file, int line, const char* text, const char* why);

namespace internal {

using CheckListener = void (*)(const char* file, int line, const char* text, const char* why);

/// Told of it before the process aborts; null where nobody listens.
inline constinit CheckListener on_check_failed = nullptr;

}  // namespace internal

}  // namespace reprise

/// Aborts with a message when `condition` is false. `why` says, in one sentence, what the caller
/// did wrong.
#define REPRISE_CHECK(condition, why)                                 \
  do {                                                                \
    if (!(condition)) [[unlikely]] {                                  \
      ::reprise::check_failed(__FILE__, __LINE__, #condition, (why)); \
    }                                                                 \
  } while (false)
