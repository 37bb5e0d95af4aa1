#include "tests/support/event_pool.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Order = std::vector<std::string>;

/// A calm lazy strategy, recorded.
struct Recorded {
  explicit Recorded(RecordingOptions options = {})
      : inner(make_calm_strategy(Base::lazy)),
        recorder(make_recording_strategy(*inner, recording, options)),
        pool(*recorder) {}

  Recording recording;
  std::unique_ptr<Strategy> inner;
  std::unique_ptr<Strategy> recorder;
  EventPool pool;

  Order alternatives(std::size_t event) {
    Order texts;
    for (const Identity& identity : recording.alternatives_of(recording.events.at(event))) {
      texts.push_back(to_string(pool.names(), identity));
    }
    return texts;
  }
};

}  // namespace

TEST_CASE("recording: every event is in the plan in the order in which it happened") {
  Recorded run;
  run.pool.enable("b");
  run.pool.enable("a");
  run.pool.arm("timer");
  static_cast<void>(run.pool.rest());
  CHECK(run.recording.plan(run.pool.names()) ==
        lazy_plan({}, {"b#1/delivery", "a#1/delivery", "timer#1/fire"}));
}

TEST_CASE("recording: only decisions that are not calm are in the plan") {
  const auto inner = make_plan_strategy(sync_plan({{"a#1/error", 2}, {"b#1/error", 9}}));
  Recording recording;
  const auto recorder = make_recording_strategy(*inner, recording, {.alternatives = true});
  EventPool pool(*recorder);
  CHECK(pool.choose("a", DecisionKind::error, 4) == 2);
  CHECK(pool.choose("b", DecisionKind::error, 4) == 0);
  CHECK(pool.choose("c", DecisionKind::short_io, 4) == 0);
  CHECK(recording.plan(pool.names()) == sync_plan({{"a#1/error", 2}}));
  REQUIRE(recording.decisions.size() == 3);
  CHECK(recording.decisions[2].arity == 4);
}

TEST_CASE("recording: without alternatives no other kind is asked for than before") {
  const auto inner = make_plan_strategy(sync_plan({{"a#1/error", 2}}));
  Recording recording;
  CHECK(make_recording_strategy(*inner, recording)->active() == kinds(DecisionKind::error));
  CHECK(make_recording_strategy(*inner, recording, {.alternatives = true})->active() == all_kinds);
}

TEST_CASE("recording: alternatives are the others that were enabled in calm order") {
  Recorded run({.alternatives = true});
  run.pool.arm("timer");
  run.pool.enable("yielded", Rank::yielded);
  run.pool.enable("b");
  run.pool.enable("a");
  run.pool.enable("wake", Rank::wake);
  static_cast<void>(run.pool.rest());
  CHECK(run.alternatives(0) ==
        Order{"b#1/delivery", "a#1/delivery", "yielded#1/turn", "timer#1/fire"});
  CHECK(run.alternatives(1) == Order{"a#1/delivery", "yielded#1/turn", "timer#1/fire"});
  CHECK(run.alternatives(3) == Order{"timer#1/fire"});
  CHECK(run.alternatives(4).empty());
}

TEST_CASE("recording: alternatives are bounded") {
  Recorded run({.alternatives = true, .alternatives_max = 3});
  for (int i = 0; i < 10; ++i) run.pool.enable("e" + std::to_string(i));
  static_cast<void>(run.pool.next());
  CHECK(run.alternatives(0).size() == 3);
}

TEST_CASE("recording: no alternatives are noted where none are asked for") {
  Recorded run;
  run.pool.enable("a");
  run.pool.enable("b");
  static_cast<void>(run.pool.rest());
  CHECK(run.alternatives(0).empty());
}

TEST_CASE("recording: what a stopped run leaves enabled comes last in the plan") {
  Recorded run;
  for (const char* const name : {"c", "a", "b"}) run.pool.enable(name);
  run.pool.arm("timer");
  CHECK(run.pool.next() == "c");
  CHECK(run.recording.plan(run.pool.names()) ==
        lazy_plan({}, {"c#1/delivery", "a#1/delivery", "b#1/delivery", "timer#1/fire"}));
}

TEST_CASE("recording: a new run starts a new recording") {
  Recorded run;
  run.pool.enable("a");
  static_cast<void>(run.pool.next());
  run.pool.begin();
  CHECK(run.recording.plan(run.pool.names()) == lazy_plan());
}

TEST_CASE("recording: asking for alternatives changes nothing in the run") {
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.errors = faults.retries = faults.cancels = faults.spurious = true;
    faults.yields_before_calls = true;
    sim.survives(faults);
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&] {
        const Buffer buffer = Buffer::allocate(16);
        CompletionGroup group;
        group.add(file.pread(0, buffer));
        group.add(file.pread(16, buffer));
        static_cast<void>(sim.wait(group.build()));
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          const int value = RETURN_IF_IO([]() -> IOResult<int> { return 1; }());
          static_cast<void>(value);
          return Unit{};
        }));
        sim.yield();
      });
    }
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const auto strategy = random_of(seed, "chaos");
    const Plan plain = toy.record(*strategy);
    const std::uint64_t digest = toy.recorded().digest;
    const Plan with_alternatives = toy.record(*strategy, {.alternatives = true});
    REQUIRE(toy.recorded().digest == digest);
    REQUIRE(with_alternatives == plain);
  }
}

TEST_CASE("recording: a timer that was the earliest twice is listed once") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      const Completion far = sim.io().timer(Duration(1000));
      sim.yield();
      const Completion near = sim.io().timer(Duration(10));
      sim.yield();
      near.cancel();
      sim.yield();
      sim.expect(false, "stop here");
    });
    sim.run();
  });
  const auto strategy = make_calm_strategy(Base::lazy);
  const Plan plan = toy.record(*strategy);
  CHECK(std::ranges::count(plan.order, "t/timer#1/fire") == 1);
}

TEST_CASE("recording: a timer that did not fire does not fire in the replay either") {
  const auto yields = [](Sim& sim) {
    sim.task("t", [&] {
      const Completion timer = sim.io().timer(std::chrono::seconds(1));
      for (int i = 0; i < 200; ++i) sim.yield();
      sim.expect(!timer.finished(), "it has fired");
      timer.cancel();
    });
    sim.run();
  };
  Toy toy(yields);
  int quiet = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const auto strategy = random_of(seed, "default", {.order = RandomOrder::latencies});
    const Plan plan = toy.record(*strategy);
    if (toy.recorded().finding) continue;
    ++quiet;
    const std::uint64_t digest = toy.recorded().digest;
    REQUIRE(toy.run(plan).digest == digest);
  }
  CHECK(quiet > 0);
}
