#include <reprise/replay/cli/interrupt.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace reprise {

namespace {

// A signal handler has no other place.
constinit std::atomic<std::int64_t> first_interrupt_ms = 0;  // 0: none has come
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

/// Not the C library's, which is the world's.
std::int64_t now_ms() {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void handle(int signal) {
  // timeout(1) sends its signal to the process and to its group, so one interrupt may come twice.
  constexpr std::int64_t same_interrupt_ms = 300;
  const std::int64_t now = now_ms();
  std::int64_t first = 0;
  if (first_interrupt_ms.compare_exchange_strong(first, now)) return;
  if (now - first < same_interrupt_ms) return;
  // The second one does what the signal always does. The workers end with their supervisor.
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = handle;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool is_interrupted() { return first_interrupt_ms.load() != 0; }

}  // namespace reprise
