#include <reprise/replay/worker/death.h>

#include <reprise/core/assert.h>
#include <reprise/replay/worker/asan_report.h>
#include <reprise/replay/worker/forks.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/store_watch/call_stack.h>
#include <reprise/sim/world/fiber.h>

#include <fmt/format.h>

#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string_view>

// This belongs to a sanitizer's runtime, where there is one.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));
extern "C" void __asan_set_error_report_callback(void (*callback)(const char* report))
    __attribute__((weak));

namespace reprise {

namespace {

constexpr std::array watched_signals = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
constexpr std::uintptr_t stack_reach = std::uintptr_t{64} << 10;

// One that code under test has no use for.
int stack_signal() { return SIGRTMIN + 11; }

// A signal handler has no parameter to find them by.
WorkerPage* noted_page = nullptr;
std::array<struct sigaction, watched_signals.size()> handlers_before;
alignas(16) std::array<char, std::size_t{64} << 10> handler_stack;
std::terminate_handler terminate_before = nullptr;

// What becomes of a child that code under test has forked is no news of the worker.
void note_death(Death death, const char* words, int signal = 0) {
  if (!is_forked_child()) leave_note(*noted_page, death, words, signal);
}

// What precedes an abort.
template <class... Values>
void note_reason(const char* format, Values... values) {
  if (noted_page == nullptr || is_forked_child()) return;
  noted_page->death = Death::none;
  std::snprintf(noted_page->note.data(), noted_page->note.size(), format, values...);
}

void note_failed_check(const char* file, int line, const char* text, const char* why) {
  note_reason("assertion failed: %s:%d: %s (%s)", file, line, text, why);
}

// Async-signal-safe. The first one counts: what comes behind a complaint is the way out.
void leave_stack() {
  if (noted_page->stack_size == 0) noted_page->stack_size = call_stack(noted_page->stack);
}

// Tasks without a fiber run on the process's own stack, whose end is a bad access just below the
// stack pointer.
bool is_below_stack_pointer(const void* address, const void* context) {
#if defined(__x86_64__)
  const auto* machine = static_cast<const ucontext_t*>(context);
  const auto top = static_cast<std::uintptr_t>(machine->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  const auto* machine = static_cast<const ucontext_t*>(context);
  const auto top = static_cast<std::uintptr_t>(machine->uc_mcontext.sp);
#else
  static_cast<void>(context);
  const std::uintptr_t top = 0;
#endif
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return at + stack_reach > top && at < top + stack_reach;
}

// A register holds what the simulator fills memory with that was freed, or that a read in flight is
// to fill: a pointer was taken from there.
bool is_poisoned(const void* context) {
#if defined(__x86_64__)
  constexpr std::uint64_t poison = 0x0101010101010101 * std::to_integer<std::uint64_t>(poison_byte);
  constexpr std::uint64_t reach = 64 * 1024;  // of a member, or an index
  const auto* machine = static_cast<const ucontext_t*>(context);
  for (int i = REG_R8; i <= REG_RSP; ++i) {
    const auto value = static_cast<std::uint64_t>(machine->uc_mcontext.gregs[i]);
    if (value - (poison - reach) < 2 * reach) return true;
  }
#else
  static_cast<void>(context);
#endif
  return false;
}

void on_deadly_signal(int signal, siginfo_t* info, void* context) {
  const bool is_sent = info->si_code <= 0;  // by kill(), abort() and the like, not by an access
  const bool is_access = signal == SIGSEGV || signal == SIGBUS;
  const bool is_overflow =
      is_access && !is_sent &&
      (is_stack_guard(info->si_addr) || is_below_stack_pointer(info->si_addr, context));
  if (is_overflow) {
    note_death(Death::stack_overflow, "overflowed its stack");
  } else if (signal == SIGBUS) {
    note_death(Death::signal, "was ended by a bad access: SIGBUS", signal);
  } else if (signal == SIGSEGV && !is_sent && is_poisoned(context)) {
    note_death(Death::signal,
               "was ended by a bad access, SIGSEGV, through a pointer that it had read from memory "
               "that was freed, or that a read in flight is to fill (all bytes 0xDB)",
               signal);
  } else if (signal == SIGSEGV) {
    note_death(Death::signal, "was ended by a bad access: SIGSEGV", signal);
  }
  // First of all: a stack that is in pieces is a bad access too.
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    if (watched_signals[i] == signal || is_access) {
      sigaction(watched_signals[i], &handlers_before[i], nullptr);
    }
  }
  leave_stack();
  // An access comes again as soon as this handler returns.
  if (is_sent) raise(signal);
}

// The process is about to be killed and must not go on until then: the signal would have
// ended what it sleeps in.
void on_stack_signal(int) {
  leave_stack();
  for (;;) pause();
}

void on_terminate() {
  note_reason("%s", "std::terminate() was called");
  if (const std::exception_ptr failure = std::current_exception()) {
    const char* const words = "an exception got out of a function that says noexcept";
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      note_reason("%s: %s", words, exception.what());
    } catch (...) {
      note_reason("%s", words);
    }
  }
  terminate_before();
}

}  // namespace

}  // namespace reprise

// In place of the C library's, which tells nobody but stderr what has failed.
extern "C" [[noreturn]] void __assert_fail(  // NOLINT(bugprone-reserved-identifier)
    const char* assertion, const char* file, unsigned line, const char* function) noexcept {
  reprise::note_reason("assertion `%s` failed", assertion);
  std::fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, assertion);
  std::abort();
}

namespace reprise {

void leave_note(WorkerPage& page, Death death, const char* words, int signal) {
  page.death = death;
  page.signal = signal;
  std::strncpy(page.note.data(), words, page.note.size() - 1);
}

void note_death_in(WorkerPage& page) {
  noted_page = &page;
  internal::on_assertion_failed = note_failed_check;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_deadly_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    sigaction(watched_signals[i], &action, &handlers_before[i]);
  }
  std::array<std::uintptr_t, 1> first_call;  // which prepares what signal handlers must not
  call_stack(first_call);
  struct sigaction on_request {};
  on_request.sa_handler = on_stack_signal;
  on_request.sa_flags = SA_ONSTACK;
  sigemptyset(&on_request.sa_mask);
  sigaction(stack_signal(), &on_request, nullptr);
  terminate_before = std::set_terminate(on_terminate);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback([] {
      leave_stack();
      if (noted_page->death == Death::none && noted_page->note[0] == '\0') {
        note_death(Death::sanitizer, "was ended by a sanitizer");
      }
    });
  }
  if (__asan_set_error_report_callback != nullptr) {
    __asan_set_error_report_callback([](const char* report) {
      const std::string words = "was ended by AddressSanitizer: " + asan_report_in_words(report);
      note_death(Death::sanitizer, words.c_str());
    });
  }
}

void ask_for_stack(int pid, const WorkerPage& page) {
  constexpr int tries = 200;
  if (kill(pid, stack_signal()) != 0) return;
  for (int i = 0; i < tries && page.stack_size == 0; ++i) usleep(1'000);
}

namespace {

WorkerEnd end_by_signal(int signal) {
  WorkerEnd end{.death = Death::signal, .signal = signal};
  const char* const words = sigdescr_np(signal);
  end.words = "was ended by " + end.name() + (words == nullptr ? "" : fmt::format(" ({})", words));
  return end;
}

WorkerEnd end_without_stack(int wait_status, const WorkerPage& page) {
  const std::string note(page.note.data(), strnlen(page.note.data(), page.note.size()));
  if (page.finished) return {};
  if (page.death != Death::none) {
    return {.death = page.death, .signal = page.signal, .words = note};
  }
  if (!WIFSIGNALED(wait_status)) {
    return {.death = Death::exit,
            .words = fmt::format("called exit({})", WEXITSTATUS(wait_status))};
  }
  if (WTERMSIG(wait_status) != SIGABRT) return end_by_signal(WTERMSIG(wait_status));
  if (note.find("longjmp()") != std::string::npos) {
    return {.death = Death::longjmp,
            .words =
                "left a task, or an operation, by longjmp(), or because its behaviour is "
                "undefined, and what it left can never go on"};
  }
  return {.death = Death::abort, .words = note.empty() ? "aborted" : "aborted: " + note};
}

}  // namespace

WorkerEnd end_from(int wait_status, const WorkerPage& page) {
  WorkerEnd end = end_without_stack(wait_status, page);
  const std::size_t size = std::min<std::size_t>(page.stack_size, page.stack.size());
  if (end.died()) end.stack.assign(page.stack.begin(), page.stack.begin() + size);
  return end;
}

}  // namespace reprise
