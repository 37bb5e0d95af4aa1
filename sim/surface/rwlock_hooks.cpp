// Read-write locks of the C library, which std::shared_mutex calls too. Foreign code that must wait
// for one parks.
#include <reprise/sim/surface/parked_locks.h>
#include <reprise/sim/surface/pass_on.h>

#include <pthread.h>

const bool reprise::internal::answers_rwlocks = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::Parking;
using Want = Parking::Want;

constexpr const char* a_lock = "a read-write lock";

}  // namespace

// Whoever waits is woken at `until`, a time of `clock`.
#define REPRISE_LOCK_UNTIL(want, lock, clock, until)                              \
  Parking* const parking = reprise::parking_now();                                \
  if (parking != nullptr && reprise::is_valid_time(until)) {                      \
    return parking->lock(lock, a_lock, want, reprise::instant_of(clock, *until)); \
  }

extern "C" {

// A writer that asks again for what it has would wait for ever; glibc tells it (EDEADLK).

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->lock(lock, a_lock, Want::shared);
  }
  return REPRISE_PASS_ON(pthread_rwlock_rdlock, lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->lock(lock, a_lock, Want::checked);
  }
  return REPRISE_PASS_ON(pthread_rwlock_wrlock, lock);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->try_lock(lock, a_lock, Want::shared);
  }
  return REPRISE_PASS_ON(pthread_rwlock_tryrdlock, lock);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->try_lock(lock, a_lock, Want::checked);
  }
  return REPRISE_PASS_ON(pthread_rwlock_trywrlock, lock);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  REPRISE_LOCK_UNTIL(Want::shared, lock, CLOCK_REALTIME, until)
  return REPRISE_PASS_ON(pthread_rwlock_timedrdlock, lock, until);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  REPRISE_LOCK_UNTIL(Want::checked, lock, CLOCK_REALTIME, until)
  return REPRISE_PASS_ON(pthread_rwlock_timedwrlock, lock, until);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  REPRISE_LOCK_UNTIL(Want::shared, lock, clock, until)
  return REPRISE_PASS_ON(pthread_rwlock_clockrdlock, lock, clock, until);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  REPRISE_LOCK_UNTIL(Want::checked, lock, clock, until)
  return REPRISE_PASS_ON(pthread_rwlock_clockwrlock, lock, clock, until);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  Parking* const parking = reprise::parking_now();
  if (parking != nullptr && parking->unlock(lock)) return 0;
  return REPRISE_PASS_ON(pthread_rwlock_unlock, lock);
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
