// Mutexes of the C library, which std::mutex calls too. Foreign code that must wait for one parks;
// and the watch is told by other code which ones are taken and given back. The hooks cost two
// branches more while nothing runs.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/foreign_heap.h>
#include <reprise/sim/store_watch/memory_watch.h>
#include <reprise/sim/surface/parked_locks.h>
#include <reprise/sim/surface/pass_on.h>

#include <pthread.h>

#include <cerrno>
#include <cstdint>
#include <optional>

const bool reprise::internal::watches_mutexes = true;
const bool reprise::internal::serves_engines =
    watches_allocations && answers_conditions && answers_rwlocks && answers_threads;

namespace {

using reprise::MutexEvent;
using reprise::Parking;
using Want = Parking::Want;

constexpr int kind_mask = 3;

// A second lock by whoever has it is an error only where the mutex does not allow it.
bool is_plain(const pthread_mutex_t* mutex) {
  return (mutex->__data.__kind & kind_mask) == PTHREAD_MUTEX_TIMED_NP ||
         (mutex->__data.__kind & kind_mask) == PTHREAD_MUTEX_ADAPTIVE_NP;
}

Want want_of(const pthread_mutex_t* mutex) {
  switch (mutex->__data.__kind & kind_mask) {
    case PTHREAD_MUTEX_RECURSIVE_NP: return Want::recursive;
    case PTHREAD_MUTEX_ERRORCHECK_NP: return Want::checked;
    default: return Want::plain;
  }
}

bool tell(MutexEvent event, const pthread_mutex_t* mutex, const void* pc) {
  bool may_wait = true;
  reprise::internal::tell_watch([&](reprise::MemoryWatch& watch) {
    may_wait = watch.mutex_used(event, mutex, reinterpret_cast<std::uintptr_t>(pc));
  });
  return may_wait;
}

constexpr const char* a_mutex = "a mutex";

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->lock(mutex, a_mutex, want_of(mutex));
  }
  const void* const pc = __builtin_return_address(0);
  if (is_plain(mutex) && !tell(MutexEvent::asked, mutex, pc)) return 0;
  const int error = REPRISE_PASS_ON(pthread_mutex_lock, mutex);
  if (error == 0) tell(MutexEvent::taken, mutex, pc);
  return error;
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (Parking* const parking = reprise::parking_now()) {
    return parking->try_lock(mutex, a_mutex, want_of(mutex));
  }
  const int error = REPRISE_PASS_ON(pthread_mutex_trylock, mutex);
  if (error == 0) tell(MutexEvent::taken, mutex, __builtin_return_address(0));
  return error;
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  Parking* const parking = reprise::parking_now();
  if (parking != nullptr && parking->unlock(mutex)) return 0;
  tell(MutexEvent::given_back, mutex, __builtin_return_address(0));
  return REPRISE_PASS_ON(pthread_mutex_unlock, mutex);
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
  Parking* const parking = reprise::parking_now();
  if (parking == nullptr || !reprise::is_valid_time(until)) {
    return REPRISE_PASS_ON(pthread_mutex_timedlock, mutex, until);
  }
  return parking->lock(mutex, a_mutex, want_of(mutex), reprise::instant_of(CLOCK_REALTIME, *until));
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* until) noexcept {
  Parking* const parking = reprise::parking_now();
  if (parking == nullptr || !reprise::is_valid_time(until)) {
    return REPRISE_PASS_ON(pthread_mutex_clocklock, mutex, clock, until);
  }
  return parking->lock(mutex, a_mutex, want_of(mutex), reprise::instant_of(clock, *until));
}

}  // extern "C"
