// Fuzzing as a GoogleTest test.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
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

SCENARIO("counter/bump") { bump_three_times<Counter>(sim); }
SCENARIO("counter/hasty") { bump_three_times<HastyCounter>(sim); }

TEST(Counter, Counts) {
  const auto report = reprise::fuzz("counter/bump", {.seeds = 1000});
  EXPECT_TRUE(report.ok()) << report.text();
}

// What a failure says: it has the finding, and how to replay it.
TEST(HastyCounter, IsFound) {
  const auto report = reprise::fuzz("counter/hasty", {.seeds = 1000});
  EXPECT_NONFATAL_FAILURE(EXPECT_TRUE(report.ok()) << report.text(), "error[double-mutation]");
  EXPECT_NONFATAL_FAILURE(EXPECT_TRUE(report.ok()) << report.text(), "replay_traces(\"traces/");
}
