#include <reprise/sim/plan/link_times.h>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

using namespace reprise;
using namespace reprise::internal;

TEST_CASE("link times: latencies grow with the value from a minimum to a heavy tail") {
  CHECK(latency_of(0) == Duration{});
  CHECK(latency_of(1) > std::chrono::microseconds(100));
  for (std::uint32_t value = 1; value < latency_values; ++value) {
    CAPTURE(value);
    CHECK(latency_of(value) > latency_of(value - 1));
  }
  CHECK(latency_of(latency_values - 5) < std::chrono::milliseconds(3));
  CHECK(latency_of(latency_values - 1) > std::chrono::seconds(30));
  CHECK(latency_of(latency_values - 1) < std::chrono::minutes(1));
}

TEST_CASE("link times: half of the latencies are below the median of an exponential time") {
  // 1 ms * ln 2, and the minimum.
  CHECK(latency_of(latency_values / 2) == std::chrono::nanoseconds(793'359));
}

TEST_CASE("link times: a cut takes a second unless it is decided otherwise") {
  CHECK(cut_time_of(0) == std::chrono::seconds(1));
  CHECK(cut_time_of(1) == std::chrono::milliseconds(10));
  CHECK(cut_time_of(cut_times_ms.size() - 1) == std::chrono::minutes(1));
}
