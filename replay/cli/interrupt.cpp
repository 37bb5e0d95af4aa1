
#include <reprise/replay/cli/interrupt.h>

#include <csignal>

namespace reprise {

namespace {

volatile std::sig_atomic_t interrupted = 0;  // a signal handler has no other place

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  // The second time the signal does what it always does. The workers end with their supervisor.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool is_interrupted() { return interrupted != 0; }

}  // namespace reprise
