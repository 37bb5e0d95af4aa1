// Fuzzing as a Catch2 test. Catch2 comes first, since it has a SCENARIO of its own.
#define CATCH_CONFIG_CONSOLE_WIDTH 200  // no line break in a path
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include <reprise/replay/fuzz.h>
#include <reprise/reprise.h>

#include "../counter/counter.h"

template <class Machine>
void bump_three_times(reprise::Sim& sim) {
  Machine counter(sim.open("counter"));
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) sim.expect_eq(sim.await([&] { return counter.bump(); }), i);
  });
  sim.run();
}

REPRISE_SCENARIO("counter/bump") { bump_three_times<Counter>(sim); }
REPRISE_SCENARIO("counter/hasty") { bump_three_times<HastyCounter>(sim); }

TEST_CASE("a counter counts") {
  const auto report = reprise::fuzz("counter/bump", {.seeds = 1000});
  INFO(report.text());
  CHECK(report.ok());
}

// What it looks like when a test fails.
TEST_CASE("a hasty counter counts", "[!shouldfail]") {
  const auto report = reprise::fuzz("counter/hasty", {.seeds = 1000});
  INFO(report.text());
  CHECK(report.ok());
}
