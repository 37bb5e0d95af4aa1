// Instant and Duration: virtual or real time in nanoseconds. Signed durations, unsigned instants.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace reprise {

using Duration = std::chrono::nanoseconds;

/// A point in time: nanoseconds since the event loop began. Never goes back.
struct Instant {
  std::uint64_t ns = 0;

  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant at, Duration d) {
    return {d.count() < 0 ? at.ns : at.ns + static_cast<std::uint64_t>(d.count())};
  }
  friend Duration operator-(Instant later, Instant earlier) {
    return Duration(static_cast<std::int64_t>(later.ns - earlier.ns));
  }
};

}  // namespace reprise
