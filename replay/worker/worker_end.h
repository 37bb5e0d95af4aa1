// WorkerEnd: how a worker ended, and what is known of it.
#pragma once

#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The kinds of ends of a worker. A new kind needs a row in worker_end.cpp, in the same order.
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

/// How a worker ended.
struct WorkerEnd {
  Death death = Death::none;
  int signal = 0;  // of Death::signal
  /// The end in words, to follow "the process ".
  std::string words = {};
  /// Its output since capture_output(), shortened in the middle.
  std::string output = {};
  /// How long it had shown no sign of life, in processor time or asleep.
  std::uint64_t silent_ms = 0;
  /// The calls under way where it died; their addresses are valid in this process too. See
  /// call_stack(). Empty if it left none.
  std::vector<std::uintptr_t> stack = {};

  bool died() const { return death != Death::none; }
  /// Whether the supervisor had no more use for it: nothing is then known about what it ran.
  bool is_dismissed() const { return death == Death::dismissed; }
  /// Whether it was killed because it showed no sign of life.
  bool has_hung() const { return death == Death::hang || death == Death::blocked; }
  /// Whether something outside of its run may have ended it: the run should then be tried again.
  bool may_come_from_outside() const {
    return death == Death::stopped || signal == SIGKILL || signal == SIGXCPU;
  }

  /// Its name in signatures: `hang`, `SIGSEGV`; empty if it has done its work.
  std::string name() const;
  /// The advice that a finding gives.
  std::string_view help() const;
  /// A note on the line of code where it died.
  std::string_view place_note() const;
};

}  // namespace reprise
