// Meter: how long something takes, and what it allocates. For the benchmark.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace reprise::bench {

inline double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
/// Processor time of this process: what others do on the machine disturbs it least.
inline double seconds_now() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
inline double wall_seconds_now() { return seconds_of(CLOCK_MONOTONIC); }

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Keeps the optimiser from dropping `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// Bytes asked of operator new by this process so far.
std::uint64_t bytes_allocated();

}  // namespace reprise::bench
