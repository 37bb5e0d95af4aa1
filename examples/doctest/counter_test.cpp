// Fuzzing as a doctest test. doctest comes first, since it has a SCENARIO of its own.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

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
  CHECK_MESSAGE(report.ok(), report.text());
}

TEST_CASE("old bugs stay away") {
  const auto report = reprise::replay_traces(TRACES);
  CHECK_MESSAGE(report.ok(), report.text());
  CHECK(report.runs > 0);
}

// What it looks like when a test fails.
TEST_CASE("a hasty counter counts" * doctest::should_fail()) {
  const auto report = reprise::fuzz("counter/hasty", {.seeds = 1000});
  CHECK_MESSAGE(report.ok(), report.text());
}
