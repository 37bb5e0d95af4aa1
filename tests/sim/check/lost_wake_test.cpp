// The findings of `lost-wake`: a stuck task that goes on when it is entered once more.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

// Waits for an item on a completion that nobody finishes.
struct Consumer {
  File& file;
  CompletionPool pool = {};
  Completion arrival = pool.make();
  int items = 0;

  IOResult<Unit> take() {
    if (items == 0) IO_YIELD_ONE(arrival);
    items -= 1;
    return Unit{};
  }
  IOResult<Unit> refuse() {
    if (items == 0) IO_YIELD_ONE(arrival);
    return IOError::busy;
  }
  IOResult<Unit> log() {
    if (items == 0) IO_YIELD_ONE(arrival);
    IO_YIELD_ONE(file.sync());
  }
  IOResult<Unit> wait_again() {
    if (items == 0) IO_YIELD_ONE(arrival);
    IO_YIELD_ONE(pool.make());
  }
};

RunResult lost_wake(IOResult<Unit> (Consumer::*entry)(), const Faults& faults, int items = 1,
                    const Plan& plan = lazy_plan()) {
  Toy toy([=](Sim& sim) {
    Consumer consumer{sim.open("f")};
    sim.survives(faults);
    sim.task("consumer", [&] {
      sim.expect(sim.await([&] { return (consumer.*entry)(); }).ok(), "taken");
      sim.yield();
      sim.expect(false, "goes on after the end");
    });
    sim.task("producer", [&] { consumer.items = items; });
    sim.run();
  });
  return toy.run(plan);
}

const Plan consumer_first = lazy_plan({}, {"consumer#1/turn", "producer#1/turn"});

}  // namespace

TEST_CASE("lost-wake: what is there for a task that looks again was a lost wake") {
  const RunResult result = lost_wake(&Consumer::take, {.spurious = true}, 1, consumer_first);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "lost-wake");
  CHECK(result.finding->signature == "lost-wake toy: lost wake at take/arrival");
  CHECK(result.finding->message == "what a task waits for is there, but nobody told it");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "`consumer` waits in `take` at `arrival` (entry 1), for a completion that no task has "
            "made",
            "entered once more, with nothing finished, it says Done"});
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("lost-wake: a task goes on also with an error or a submit or another wait") {
  const auto last_line = [](IOResult<Unit> (Consumer::*entry)()) {
    const RunResult result = lost_wake(entry, {.spurious = true}, 1, consumer_first);
    return result.finding ? result.finding->evidence.back() : "";
  };
  const std::string begin = "entered once more, with nothing finished, it ";
  CHECK(last_line(&Consumer::refuse) == begin + "says Err");
  CHECK(last_line(&Consumer::log) == begin + "submits `consumer/sync(f)`");
  CHECK(last_line(&Consumer::wait_again) == begin + "waits for something else");
}

TEST_CASE("deadlock: a machine that is not to be entered with nothing finished is in a deadlock") {
  const RunResult result = lost_wake(&Consumer::take, {}, 1, consumer_first);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "deadlock toy: deadlock at take/arrival");
}

TEST_CASE("deadlock: a task that looks again and finds nothing is in a deadlock") {
  const RunResult result = lost_wake(&Consumer::take, {.spurious = true}, 0, consumer_first);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "deadlock toy: deadlock at take/arrival");
}

TEST_CASE("lost-wake: to look for a lost wake changes nothing of the run") {
  RunOptions off;
  off.checks.off = {"lost-wake", "deadlock"};
  for (const bool driven : {false, true}) {
    Toy toy([=](Sim& sim) {
      Consumer consumer{sim.open("f")};
      sim.survives({.spurious = true});
      sim.results_depend_on_timing();
      const auto entry = [&] { return consumer.log(); };
      if (driven) {
        sim.drive("consumer", entry);
      } else {
        sim.task("consumer", [&, entry] { static_cast<void>(sim.await(entry)); });
      }
      sim.task("producer", [&] {
        sim.yield();
        consumer.items = 1;
      });
      sim.run();
    });
    for (const Plan& plan : {lazy_plan(), sync_plan()}) {
      const RunResult looked = toy.run(plan);
      const RunResult left = toy.run(plan, off);
      CHECK(found(looked) == "lost-wake");
      CHECK(looked.finding->signature == "lost-wake toy: lost wake at log/arrival");
      CHECK(found(left) == "");
      CHECK(looked.digest == left.digest);
      CHECK(looked.stats.events == left.stats.events);
      CHECK(looked.stats.entries == left.stats.entries);
      CHECK(looked.stats.ios == left.stats.ios);
    }
    // Nor of its recording.
    const std::unique_ptr<Strategy> calm = make_calm_strategy(Base::lazy);
    const Plan recorded = toy.record(*calm);
    CHECK(recorded.decisions.empty());
    CHECK(recorded.order.size() == toy.recorded().stats.events);
    CHECK(toy.recording().enabled.empty());
    CHECK(found(toy.run(recorded)) == "lost-wake");
    CHECK(toy.missed().none());
  }
}
