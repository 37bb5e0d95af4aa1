#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace reprise;
using namespace reprise::tests;

namespace {

// One waits for a turn that others always take first: it is woken, or looks again and again.
RunResult starve(int rounds, std::uint32_t entries_max = 0, bool is_woken = true) {
  Toy toy([=](Sim& sim) {
    if (entries_max != 0) sim.entries_per_operation_max(entries_max);
    bool free = false;
    WakeList wakes{"turns"};
    WakeList::Place place{wakes};
    sim.task("starved", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!is_woken && !free) IO_YIELD_ONE(Completion::yield());
        RETURN_IF_IO(place.until([&] { return free; }));
        return Unit{};
      }));
    });
    sim.task("greedy", [&] {
      for (int i = 0; i < rounds; ++i) {
        wakes.wake_all();
        sim.yield();
      }
      free = true;
      wakes.wake_all();
    });
    sim.run();
  });
  return toy.run(lazy_plan());
}

}  // namespace

TEST_CASE("starvation: an operation that others always overtake is starved") {
  const RunResult result = starve(3000);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature ==
        "starvation toy: starved at operator()/place.until([&] { return free; })");
  CHECK(result.finding->message ==
        "an operation has been entered 1002 times and has not ended, while others have ended 1000 "
        "operations");
  REQUIRE(result.finding->evidence.size() == 1);
  CHECK(result.finding->evidence[0].starts_with(
      "`starved` waits in `operator()` at `place.until([&] { return free; })` (entry 1002)"));
}

// With the watch it is told, if nothing changes.
TEST_CASE("starvation: who lets others go first again and again may be computing something") {
  CHECK(found(starve(3000, 0, false)) == "");
}

TEST_CASE("starvation: a long operation is not starved before its bound") {
  CHECK(found(starve(990)) == "");
  CHECK(found(starve(3000, 20'000)) == "");
}
