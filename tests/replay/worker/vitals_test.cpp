// When a worker hangs, and when it is only slow.
#include <doctest/doctest.h>
#include <reprise/replay/worker/vitals.h>

#include <unistd.h>

#include <cstdint>

namespace reprise {

namespace {

constexpr std::uint64_t no_limit = UINT64_MAX;

VitalSigns signs(char state, std::uint64_t processor_ms, std::uint64_t heartbeats = 1) {
  return {.heartbeats = heartbeats, .processor_ms = processor_ms, .state = state};
}

}  // namespace

TEST_CASE("watchdog: a worker that waits for a processor is not blamed") {
  Watchdog watchdog(1'000, no_limit);
  for (int i = 0; i < 10'000; ++i) {
    CHECK(watchdog.look(signs('R', 5), 100) == Watchdog::Verdict::fine);
  }
}

TEST_CASE("watchdog: one that computes for too long without a heartbeat hangs") {
  Watchdog watchdog(1'000, no_limit);
  CHECK(watchdog.look(signs('R', 500), 100) == Watchdog::Verdict::fine);
  CHECK(watchdog.look(signs('R', 1'400), 100) == Watchdog::Verdict::fine);
  CHECK(watchdog.look(signs('R', 1'499), 100) == Watchdog::Verdict::fine);
  CHECK(watchdog.look(signs('R', 1'500), 100) == Watchdog::Verdict::computes);
}

TEST_CASE("watchdog: a heartbeat is a new beginning") {
  Watchdog watchdog(1'000, no_limit);
  for (std::uint64_t i = 1; i < 100; ++i) {
    CHECK(watchdog.look(signs('R', 900 * i, i), 100) == Watchdog::Verdict::fine);
  }
}

TEST_CASE("watchdog: one that sleeps for too long is blocked") {
  Watchdog watchdog(1'000, no_limit);
  for (int i = 0; i < 9; ++i) {
    CHECK(watchdog.look(signs('S', 0), 100) == Watchdog::Verdict::fine);
  }
  CHECK(watchdog.look(signs('S', 0), 100) == Watchdog::Verdict::sleeps);
}

TEST_CASE("watchdog: one that waits for a disk or is held by a debugger is not blamed") {
  Watchdog watchdog(1'000, no_limit);
  for (int i = 0; i < 1'000; ++i) {
    CHECK(watchdog.look(signs(i % 2 == 0 ? 'D' : 't', 0), 100) == Watchdog::Verdict::fine);
  }
}

TEST_CASE("watchdog: a supervisor that was away for long takes that for no sleep") {
  Watchdog watchdog(1'000, no_limit);
  CHECK(watchdog.look(signs('S', 0), 60'000) == Watchdog::Verdict::fine);
}

TEST_CASE("watchdog: one that is stopped is told as that") {
  Watchdog watchdog(1'000, no_limit);
  for (int i = 0; i < 9; ++i) {
    CHECK(watchdog.look(signs('T', 0), 100) == Watchdog::Verdict::fine);
  }
  CHECK(watchdog.stopped_ms() == 900);
  CHECK(watchdog.look(signs('T', 0), 100) == Watchdog::Verdict::is_stopped);
  CHECK(watchdog.look(signs('R', 0), 100) == Watchdog::Verdict::fine);
  CHECK(watchdog.stopped_ms() == 0);
}

TEST_CASE("watchdog: memory counts at once") {
  Watchdog watchdog(1'000, 100);
  CHECK(watchdog.look({.memory_bytes = 100}, 1) == Watchdog::Verdict::fine);
  CHECK(watchdog.look({.memory_bytes = 101}, 1) == Watchdog::Verdict::is_too_large);
}

TEST_CASE("vital signs: this process runs and has memory") {
  const auto own = vital_signs_of(getpid());
  REQUIRE(own.has_value());
  CHECK(own->state == 'R');
  CHECK(own->memory_bytes > 100'000);
  CHECK(own->memory_bytes < std::uint64_t{1} << 40U);
  CHECK_FALSE(vital_signs_of(0).has_value());
}

TEST_CASE("vital signs: the default limit is between one and four gigabytes") {
  CHECK(default_memory_bytes_max(1'000'000) == std::uint64_t{1} << 30U);
  CHECK(default_memory_bytes_max(1) >= std::uint64_t{1} << 30U);
  CHECK(default_memory_bytes_max(1) <= std::uint64_t{4} << 30U);
}

}  // namespace reprise
