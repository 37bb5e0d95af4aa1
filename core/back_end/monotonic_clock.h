// MonotonicClock: the clock of a back end, which begins with it.
#pragma once

#include <reprise/core/time.h>

#include <chrono>
#include <cstdint>
#include <ctime>

namespace reprise::internal {

class MonotonicClock {
 public:
  Instant now() const {
    const Duration passed = std::chrono::steady_clock::now() - begin_;
    return {static_cast<std::uint64_t>(passed.count())};
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// The time from `now` to `deadline`, 0 if that has passed. `Spec` is timespec or a namesake.
template <class Spec = timespec>
Spec timespec_until(Instant deadline, Instant now) {
  constexpr std::uint64_t ns_per_s = 1'000'000'000;
  const std::uint64_t ns = deadline > now ? deadline.ns - now.ns : 0;
  Spec spec{};
  spec.tv_sec = static_cast<decltype(spec.tv_sec)>(ns / ns_per_s);
  spec.tv_nsec = static_cast<decltype(spec.tv_nsec)>(ns % ns_per_s);
  return spec;
}

}  // namespace reprise::internal
