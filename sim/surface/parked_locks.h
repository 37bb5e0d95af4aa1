// How the hooks of this folder come to the Parking of the run under way. For them only.
#pragma once

#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <cstdint>
#include <ctime>

namespace reprise {

/// Null: no foreign code of a run calls, and the C library answers. Where a sanitizer has the place
/// of some of its functions, it answers for all of them.
inline Parking* parking_now() {
#ifdef REPRISE_NO_HOOKS
  return nullptr;
#else
  Surfaces* const answering = internal::surfaces;
  if (answering == nullptr || !answering->parking().is_asked()) return nullptr;
  return &answering->parking();
#endif
}

inline bool is_valid_time(const timespec* at) {
  return at != nullptr && at->tv_nsec >= 0 && at->tv_nsec < 1'000'000'000;
}

/// By the clock of the node whose code asks, while parking_now() is not null.
inline Instant instant_of(clockid_t clock, const timespec& at) {
  const std::uint64_t ns = at.tv_sec < 0 ? 0
                                         : static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 +
                                               static_cast<std::uint64_t>(at.tv_nsec);
  const Surfaces& surfaces = *internal::surfaces;
  return clock == CLOCK_REALTIME ? surfaces.instant_of_wall(ns) : Surfaces::instant_of_steady(ns);
}

}  // namespace reprise
