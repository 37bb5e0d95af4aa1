#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("deadlock: a task that waits for what nobody finishes is a deadlock") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    sim.task("t", [&] { static_cast<void>(sim.wait(never)); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "deadlock");
  CHECK(result.finding->signature == "deadlock toy: deadlock");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"`t` waits (entry 1), for a completion that no task has made",
                                 "nothing in flight can finish what `t` waits for"});
}

TEST_CASE("deadlock: the place where a deadlocked machine waits is part of the signature") {
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
  CHECK(result.finding->signature == "deadlock toy: deadlock at run/inner()");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("deadlock: a lost wake is a deadlock and names who waits") {
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
  CHECK(result.finding->signature == "deadlock toy: deadlock");
  CHECK(result.finding->evidence.size() == 2);
  CHECK(result.finding->evidence[0].find("`waiter`") != std::string::npos);
}

TEST_CASE("deadlock: tasks that wait for each other in a good order are no deadlock") {
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
