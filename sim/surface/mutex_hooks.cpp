// Tells the watch which mutexes are taken and given back, by taking the place of the C library's
// functions, which std::mutex calls too. They cost one branch more while nothing is watched.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <dlfcn.h>
#include <pthread.h>

#include <cstdint>

const bool reprise::internal::watches_mutexes = true;

namespace {

using reprise::MutexEvent;

using Function = int (*)(pthread_mutex_t* mutex);

Function real(const char* name) { return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name)); }

// A second lock by whoever has it is an error only where the mutex does not allow it.
bool is_plain(const pthread_mutex_t* mutex) {
  constexpr int kind_mask = 3;
  return (mutex->__data.__kind & kind_mask) == PTHREAD_MUTEX_TIMED_NP ||
         (mutex->__data.__kind & kind_mask) == PTHREAD_MUTEX_ADAPTIVE_NP;
}

bool tell(MutexEvent event, const pthread_mutex_t* mutex, const void* pc) {
  bool may_wait = true;
  reprise::internal::tell_watch([&](reprise::MemoryWatch& watch) {
    may_wait = watch.mutex_used(event, mutex, reinterpret_cast<std::uintptr_t>(pc));
  });
  return may_wait;
}

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static const Function lock = real("pthread_mutex_lock");
  const void* const pc = __builtin_return_address(0);
  if (is_plain(mutex) && !tell(MutexEvent::asked, mutex, pc)) return 0;
  const int error = lock(mutex);
  if (error == 0) tell(MutexEvent::taken, mutex, pc);
  return error;
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  static const Function try_lock = real("pthread_mutex_trylock");
  const int error = try_lock(mutex);
  if (error == 0) tell(MutexEvent::taken, mutex, __builtin_return_address(0));
  return error;
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  static const Function unlock = real("pthread_mutex_unlock");
  tell(MutexEvent::given_back, mutex, __builtin_return_address(0));
  return unlock(mutex);
}

}  // extern "C"
