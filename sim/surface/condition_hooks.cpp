// Condition variables of the C library, which std::condition_variable calls too. Foreign code that
// waits for one parks. Other code of a run would wait for another thread, which a run does not
// have: until a time, which comes at once, or for good.
#include <reprise/sim/surface/parked_locks.h>
#include <reprise/sim/surface/pass_on.h>

#include <pthread.h>

#include <cerrno>

const bool reprise::internal::answers_conditions = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::Parking;
using reprise::SurfaceCall;
using reprise::Surfaces;

// The version that programs for x86-64 are linked with.
constexpr const char* version = "GLIBC_2.3.2";

std::uint64_t ns_of(const timespec& at) {
  return at.tv_sec < 0 ? 0
                       : static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 +
                             static_cast<std::uint64_t>(at.tv_nsec);
}

}  // namespace

extern "C" {

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (Parking* const parking = reprise::parking_now()) return parking->wait(condition, mutex);
  return REPRISE_PASS_ON_VERSION(version, pthread_cond_wait, condition, mutex);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  if (surfaces == nullptr || !reprise::is_valid_time(until)) {
    return REPRISE_PASS_ON_VERSION(version, pthread_cond_timedwait, condition, mutex, until);
  }
  if (Parking* const parking = reprise::parking_now()) {
    return parking->wait(condition, mutex, reprise::instant_of(CLOCK_REALTIME, *until));
  }
  surfaces->sleep_until_wall(REPRISE_CALL("pthread_cond_timedwait"), ns_of(*until));
  return ETIMEDOUT;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  if (surfaces == nullptr || !reprise::is_valid_time(until)) {
    return REPRISE_PASS_ON(pthread_cond_clockwait, condition, mutex, clock, until);
  }
  if (Parking* const parking = reprise::parking_now()) {
    return parking->wait(condition, mutex, reprise::instant_of(clock, *until));
  }
  const SurfaceCall call = REPRISE_CALL("pthread_cond_clockwait");
  if (clock == CLOCK_REALTIME) {
    surfaces->sleep_until_wall(call, ns_of(*until));
  } else {
    surfaces->sleep_until_steady(call, ns_of(*until));
  }
  return ETIMEDOUT;
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    parking->signal(condition);
    return 0;
  }
  return REPRISE_PASS_ON_VERSION(version, pthread_cond_signal, condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    parking->broadcast(condition);
    return 0;
  }
  return REPRISE_PASS_ON_VERSION(version, pthread_cond_broadcast, condition);
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
