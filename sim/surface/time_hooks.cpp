// The clocks and sleeps of the C library, answered by the world while code under test runs.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <semaphore.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <threads.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>

const bool reprise::internal::answers_time = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::SurfaceCall;
using reprise::Surfaces;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t microsecond_ns = 1'000;

Surfaces* answering() { return reprise::internal::surfaces; }

timespec timespec_of(std::uint64_t ns) {
  timespec value{};
  value.tv_sec = static_cast<time_t>(ns / second_ns);
  value.tv_nsec = static_cast<long>(ns % second_ns);
  return value;
}

timeval timeval_of(std::uint64_t ns) {
  timeval value{};
  value.tv_sec = static_cast<time_t>(ns / second_ns);
  value.tv_usec = static_cast<suseconds_t>(ns % second_ns / microsecond_ns);
  return value;
}

std::uint64_t ns_of(const timespec& value) {
  if (value.tv_sec < 0) return 0;
  return static_cast<std::uint64_t>(value.tv_sec) * second_ns +
         static_cast<std::uint64_t>(value.tv_nsec);
}

bool is_valid(const timespec* value) {
  return value != nullptr && value->tv_nsec >= 0 && value->tv_nsec < static_cast<long>(second_ns);
}

bool is_wall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

std::uint64_t clock_ns(Surfaces& surfaces, clockid_t clock, const SurfaceCall& call) {
  if (is_wall(clock)) return surfaces.wall_clock_ns(call);
  if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0) {
    return surfaces.processor_clock_ns(call);
  }
  return surfaces.steady_clock_ns(call);
}

void sleep_until(Surfaces& surfaces, clockid_t clock, const timespec& at, const SurfaceCall& call) {
  if (is_wall(clock)) {
    surfaces.sleep_until_wall(call, ns_of(at));
  } else {
    surfaces.sleep_until_steady(call, ns_of(at));
  }
}

}  // namespace

extern "C" {

// Clocks.

time_t time(time_t* at) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(time, at);
  const auto now = static_cast<time_t>(surfaces->wall_clock_ns(REPRISE_CALL("time")) / second_ns);
  if (at != nullptr) *at = now;
  return now;
}

int gettimeofday(timeval* at, void* zone) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(gettimeofday, at, zone);
  *at = timeval_of(surfaces->wall_clock_ns(REPRISE_CALL("gettimeofday")));
  if (zone != nullptr) *static_cast<struct timezone*>(zone) = {};
  return 0;
}

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(clock_gettime, clock, at);
  *at = timespec_of(clock_ns(*surfaces, clock, REPRISE_CALL("clock_gettime")));
  return 0;
}

int timespec_get(timespec* at, int base) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || base != TIME_UTC) return REPRISE_PASS_ON(timespec_get, at, base);
  *at = timespec_of(surfaces->wall_clock_ns(REPRISE_CALL("timespec_get")));
  return base;
}

clock_t clock() noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(clock);
  constexpr std::uint64_t tick_ns = second_ns / CLOCKS_PER_SEC;
  return static_cast<clock_t>(surfaces->processor_clock_ns(REPRISE_CALL("clock")) / tick_ns);
}

clock_t times(tms* used) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(times, used);
  const std::uint64_t tick_ns = second_ns / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  const std::uint64_t ns = surfaces->processor_clock_ns(REPRISE_CALL("times"));
  const auto ticks = static_cast<clock_t>(ns / tick_ns);
  if (used != nullptr) *used = {ticks, 0, 0, 0};
  return ticks;
}

int getrusage(__rusage_who_t who, rusage* used) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(getrusage, who, used);
  *used = {};
  used->ru_utime = timeval_of(surfaces->processor_clock_ns(REPRISE_CALL("getrusage")));
  return 0;
}

// Sleeps.

int nanosleep(const timespec* delay, timespec* left) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_valid(delay)) return REPRISE_PASS_ON(nanosleep, delay, left);
  surfaces->sleep(REPRISE_CALL("nanosleep"), ns_of(*delay));
  if (left != nullptr) *left = {};
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* delay, timespec* left) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_valid(delay)) {
    return REPRISE_PASS_ON(clock_nanosleep, clock, flags, delay, left);
  }
  const SurfaceCall call = REPRISE_CALL("clock_nanosleep");
  if ((flags & TIMER_ABSTIME) != 0) {
    sleep_until(*surfaces, clock, *delay, call);
  } else {
    surfaces->sleep(call, ns_of(*delay));
    if (left != nullptr) *left = {};
  }
  return 0;
}

int thrd_sleep(const timespec* delay, timespec* left) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_valid(delay)) return REPRISE_PASS_ON(thrd_sleep, delay, left);
  surfaces->sleep(REPRISE_CALL("thrd_sleep"), ns_of(*delay));
  if (left != nullptr) *left = {};
  return 0;
}

int usleep(useconds_t microseconds) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(usleep, microseconds);
  surfaces->sleep(REPRISE_CALL("usleep"), microseconds * microsecond_ns);
  return 0;
}

unsigned int sleep(unsigned int seconds) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(sleep, seconds);
  surfaces->sleep(REPRISE_CALL("sleep"), seconds * second_ns);
  return 0;
}

// Waits for another thread, which a run does not have, until a time that the world has given.

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_valid(until)) {
    return REPRISE_PASS_ON(sem_timedwait, semaphore, until);
  }
  if (sem_trywait(semaphore) == 0) return 0;
  surfaces->sleep_until_wall(REPRISE_CALL("sem_timedwait"), ns_of(*until));
  errno = ETIMEDOUT;
  return -1;
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
