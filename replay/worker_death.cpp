#include <reprise/core/check.h>
#include <reprise/replay/asan_report.h>
#include <reprise/replay/worker_death.h>
#include <reprise/replay/worker_forks.h>
#include <reprise/sim/fiber.h>

#include <fmt/format.h>

#include <sys/wait.h>
#include <ucontext.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

// Of a sanitizer's runtime, where there is one.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));
extern "C" void __asan_set_error_report_callback(void (*callback)(const char* report))
    __attribute__((weak));

namespace reprise {

namespace {

constexpr std::array watched_signals = {SIGSEGV, SIGBUS};
constexpr std::uintptr_t stack_reach = std::uintptr_t{64} << 10;

constexpr std::string_view check_note = "check failed: ";
constexpr std::string_view asan_note = "AddressSanitizer: ";

// A signal handler has no parameter to find them by.
WorkerPage* noted_page = nullptr;
std::array<struct sigaction, watched_signals.size()> handlers_before;
alignas(16) std::array<char, std::size_t{64} << 10> handler_stack;

// What becomes of a child that code under test has forked is no news of the worker.
void leave_note(const char* text) {
  if (is_forked_child()) return;
  std::strncpy(noted_page->note.data(), text, noted_page->note.size() - 1);
}

void note_failed_check(const char* file, int line, const char* text, const char* why) {
  if (is_forked_child()) return;
  std::snprintf(noted_page->note.data(), noted_page->note.size(), "%s%s:%d: %s (%s)",
                check_note.data(), file, line, text, why);
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

void on_bad_access(int signal, siginfo_t* info, void* context) {
  const bool is_sent = info->si_code <= 0;  // by kill() and the like, not by an access
  const bool is_overflow =
      !is_sent && (is_stack_guard(info->si_addr) || is_below_stack_pointer(info->si_addr, context));
  leave_note(is_overflow ? "stack overflow" : signal == SIGBUS ? "SIGBUS" : "SIGSEGV");
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    if (watched_signals[i] == signal) sigaction(signal, &handlers_before[i], nullptr);
  }
  // An access comes again as soon as this handler returns.
  if (is_sent) raise(signal);
}

}  // namespace

void note_death_in(WorkerPage& page) {
  noted_page = &page;
  internal::on_check_failed = note_failed_check;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_bad_access;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    sigaction(watched_signals[i], &action, &handlers_before[i]);
  }
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback([] {
      if (noted_page->note[0] == '\0') leave_note("sanitizer");
    });
  }
  if (__asan_set_error_report_callback != nullptr) {
    __asan_set_error_report_callback([](const char* report) {
      const std::string words = std::string(asan_note) + asan_report_in_words(report);
      leave_note(words.c_str());
    });
  }
}

WorkerEnd end_from(int wait_status, const WorkerPage& page) {
  const std::string note(page.note.data(), strnlen(page.note.data(), page.note.size()));
  if (page.finished) return {};
  if (note == "fork") {
    return {note, "called fork(), and the child came back into the scenario's run"};
  }
  if (note == "forks") {
    return {"fork", fmt::format("called fork() {} times in one run, and was ended", forks_max)};
  }
  if (note == "stack overflow") return {note, "overflowed its stack"};
  if (note == "sanitizer") return {note, "was ended by a sanitizer"};
  if (note.starts_with(asan_note)) return {"sanitizer", "was ended by " + note};
  if (note == "SIGSEGV" || note == "SIGBUS") return {note, "was ended by a bad access: " + note};
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    if (signal == SIGABRT && note.find("longjmp()") != std::string::npos) {
      return {"longjmp",
              "left a task, or an operation, by longjmp(), and what it left can never go on"};
    }
    if (signal == SIGABRT) {
      return {"abort", note.starts_with(check_note) ? "aborted: " + note : "aborted"};
    }
    const char* const name = sigabbrev_np(signal);
    const char* const words = sigdescr_np(signal);
    if (name == nullptr || words == nullptr) {
      return {fmt::format("signal {}", signal), fmt::format("was ended by signal {}", signal)};
    }
    return {fmt::format("SIG{}", name), fmt::format("was ended by SIG{} ({})", name, words)};
  }
  return {"exit", fmt::format("called exit({})", WEXITSTATUS(wait_status))};
}

}  // namespace reprise
