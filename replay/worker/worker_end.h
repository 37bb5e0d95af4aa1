// WorkerEnd: how a worker ended, and what is known of it.
#pragma once

#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// What ended a worker. A new kind needs a row in worker_end.cpp, in the same order.
enum class Death : std::uint8_t {
  none,    // it has done its work
  signal,  // WorkerEnd::signal says which
  stack_overflow,
  abort,
  exit,
  sanitizer,
  longjmp,  // a task or an operation was left by it
  fork,     // a child of the code under test came back
  hang,     // it computed for too long
  blocked,  // it slept for too long
  memory,
  stopped,  // by SIGSTOP
  dismissed,
  not_started,  // the system had no room for another process
};

struct WorkerEnd {
  Death death = Death::none;
  int signal = 0;  // of Death::signal
  /// What happened, to stand behind "the process ".
  std::string words = {};
  /// What it printed since capture_output(), shortened in the middle.
  std::string output = {};
  /// How long it had shown no sign of life, in processor time or asleep.
  std::uint64_t silent_ms = 0;
  /// The calls under way where it died, as addresses of this process too: see call_stack(). Empty
  /// if it left none.
  std::vector<std::uintptr_t> stack = {};

  bool died() const { return death != Death::none; }
  /// The supervisor had no more use for it: nothing is known about what it ran.
  bool is_dismissed() const { return death == Death::dismissed; }
  /// It was killed because it showed no sign of life.
  bool has_hung() const { return death == Death::hang || death == Death::blocked; }
  /// Somebody or something else may have ended it: what it ran should be tried again.
  bool may_come_from_outside() const {
    return death == Death::stopped || signal == SIGKILL || signal == SIGXCPU;
  }

  /// What signatures call it: `hang`, `SIGSEGV`; empty if it has done its work.
  std::string name() const;
  /// What to do about it.
  std::string_view help() const;
  /// A note on the line of code where it died.
  std::string_view place_note() const;
};

}  // namespace reprise
