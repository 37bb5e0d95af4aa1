#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("progress: a task that waits for what nobody finishes is a deadlock") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    sim.task("t", [&] { static_cast<void>(sim.wait(never)); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "progress");
  CHECK(result.finding->signature == "progress toy: deadlock");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"task `t`, entry 1, waits for a completion of no device of ours"});
}

TEST_CASE("progress: the place where a deadlocked machine waits is part of the signature") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    struct Machine {
      const Completion& never;
      IOResult<Unit> inner() { IO_YIELD_ONE(never); }
      IOResult<Unit> run() {
        RETURN_IF_IO(inner());
        return Unit{};
      }
    } machine{never};
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: deadlock at run/inner()");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("progress: a lost wake is a deadlock and names who waits") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    Completion baton = pool.make();
    sim.task("waiter", [&] {
      sim.yield();
      static_cast<void>(sim.wait(baton));
    });
    sim.task("waker", [&] {
      baton.finish(0);
      baton = pool.make();  // whoever has not waited yet waits for ever
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: deadlock");
  CHECK(result.finding->evidence.size() == 1);
  CHECK(result.finding->evidence[0].find("`waiter`") != std::string::npos);
}

TEST_CASE("progress: tasks that wait for each other in a good order are no deadlock") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion baton = pool.make();
    sim.task("waiter", [&] { static_cast<void>(sim.wait(baton)); });
    sim.task("waker", [&] { baton.finish(0); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(found(toy.run(sync_plan({}, {"waker#1/turn", "waiter#1/turn"}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("progress: spinning on yields with nothing delivered is a livelock") {
  std::uint64_t turns = 0;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (;; ++turns) sim.yield();
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 50;
  const RunResult result = toy.run(lazy_plan(), options);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: livelock");
  CHECK(turns == 51);
}

TEST_CASE("progress: spinning until an I/O is delivered is none") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 40; ++i) {
        const Completion sync = file.sync();
        while (!sync.finished()) sim.yield();
      }
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 3;
  CHECK(found(toy.run(lazy_plan(), options)) == "");
}

TEST_CASE("progress: spinning until a timer fires is none") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      const Completion timer = sim.io().timer(Duration(1'000'000));
      while (!timer.finished()) sim.yield();
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("progress: a run that does not end is stopped") {
  std::uint64_t delivered = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (;; ++delivered) static_cast<void>(sim.wait(file.sync()));
    });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  const RunResult result = toy.run(lazy_plan(), options);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: endless");
  CHECK(result.stats.events == 1001);
}

TEST_CASE("progress: where it is off an endless run ends all the same and without a finding") {
  bool finally_asked = false;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (;;) sim.yield();
    });
    sim.finally("asked at quiescence only", [&] { return finally_asked = true; });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  options.checks.off = {"progress"};
  const RunResult result = toy.run(lazy_plan(), options);
  CHECK(!result.finding.has_value());
  CHECK(result.stats.events == 1001);
  CHECK(!finally_asked);
}

TEST_CASE("progress: callbacks that submit for ever are stopped too") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    std::function<void()> more = [&] { file.sync([&](const Completion&) { more(); }); };
    sim.task("t", [&] { more(); });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  CHECK(found(toy.run(lazy_plan(), options)) == "progress");
}

TEST_CASE("progress: it counts anew in each run") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 30; ++i) sim.yield();
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 40;
  options.events_max = 40;
  for (int i = 0; i < 5; ++i) CHECK(found(toy.run(lazy_plan(), options)) == "");
}

TEST_CASE("progress: tasks that spin on a lock whose holder waits for its I/O are sound") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    bool locked = false;
    for (std::uint32_t i = 0; i < 4; ++i) {
      sim.task("client", i, [&] {
        while (locked) sim.yield();
        locked = true;
        static_cast<void>(sim.wait(file.sync()));
        locked = false;
      });
    }
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 100;  // long I/O is seldom
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CHECK(found(toy.run(*random_of(seed, "default", {RandomOrder::latencies, true}), options)) ==
          "");
  }
  // An order that holds the I/O back until something that never comes is given up.
  CHECK(found(toy.run(lazy_plan({}, {"gone#1/turn", "client[0]/sync(f)#1/delivery"}))) == "");
}

TEST_CASE("progress: I/O that completes at submit counts") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 300; ++i) {
        static_cast<void>(sim.wait(file.sync()));
        sim.yield();
      }
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 100;
  CHECK(found(toy.run(sync_plan(), options)) == "");
}
