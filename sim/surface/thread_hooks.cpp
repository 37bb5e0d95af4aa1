// Threads, and signals after a real time: refused while code under test runs, since no plan could
// decide what they do.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <pthread.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

const bool reprise::internal::answers_threads = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::SurfaceCall;
using reprise::Surfaces;
using Kind = Surfaces::Kind;

bool refuses(Kind kind, const SurfaceCall& call) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  return surfaces != nullptr && surfaces->refuses(kind, call);
}

}  // namespace

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) noexcept {
  if (refuses(Kind::thread, REPRISE_CALL("pthread_create"))) return EAGAIN;
  return REPRISE_PASS_ON(pthread_create, thread, attributes, start, argument);
}

int thrd_create(thrd_t* thread, thrd_start_t start, void* argument) {
  if (refuses(Kind::thread, REPRISE_CALL("thrd_create"))) return thrd_nomem;
  return REPRISE_PASS_ON(thrd_create, thread, start, argument);
}

unsigned int alarm(unsigned int seconds) noexcept {
  if (seconds != 0 && refuses(Kind::signal, REPRISE_CALL("alarm"))) return 0;
  return REPRISE_PASS_ON(alarm, seconds);
}

int setitimer(__itimer_which_t which, const itimerval* value, itimerval* before) noexcept {
  if (refuses(Kind::signal, REPRISE_CALL("setitimer"))) {
    errno = EINVAL;
    return -1;
  }
  return REPRISE_PASS_ON(setitimer, which, value, before);
}

int timer_create(clockid_t clock, sigevent* event, timer_t* timer) noexcept {
  if (refuses(Kind::signal, REPRISE_CALL("timer_create"))) {
    errno = EAGAIN;
    return -1;
  }
  return REPRISE_PASS_ON(timer_create, clock, event, timer);
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
