#include <reprise/core/back_end/stop_signals.h>

#include <reprise/core/back_end/loop.h>
#include <reprise/core/internal/open.h>

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace reprise {

StopSignals::~StopSignals() {
  if (fd_ < 0) return;
  stop_waiting();
  readable_.cancel();
  ::close(fd_);
  pthread_sigmask(SIG_SETMASK, &blocked_before_, nullptr);
}

IOError StopSignals::begin(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) return static_cast<IOError>(errno);
  pthread_sigmask(SIG_BLOCK, &set, &blocked_before_);
  watch();
  return IOError::none;
}

void StopSignals::watch() {
  readable_ = back_end_.readable(fd_);
  readable_.add_waiter(*this);
}

void StopSignals::completion_finished(const Completion& completion) {
  if (!completion.succeeded()) return;
  signalfd_siginfo signal{};
  while (::read(fd_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) loop_.stop();
  watch();
}

}  // namespace reprise
