#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

std::string signature(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("invariant: always is checked after every event and stops the run") {
  int count = 0;
  Toy toy([&](Sim& sim) {
    count = 0;
    sim.always("at most two", [&] { return count <= 2; });
    sim.task("t", [&] {
      for (int i = 0; i < 10; ++i) {
        ++count;
        sim.yield();
      }
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(signature(result) == "invariant toy: at most two");
  CHECK(result.finding->message == "\"at most two\" no longer holds");
  CHECK(count == 3);
  CHECK(result.stats.events == 3);
}

TEST_CASE("invariant: finally is checked at quiescence and not before") {
  Toy toy([](Sim& sim) {
    int count = 0;
    sim.finally("ten", [&] { return count == 10; });
    sim.finally("not eleven", [&] { return count == 11; });
    sim.task("t", [&] {
      for (; count < 10; ++count) sim.yield();
    });
    sim.run();
  });
  CHECK(signature(toy.run(sync_plan())) == "invariant toy: not eleven");
}

TEST_CASE("invariant: finally is not asked after a finding") {
  bool asked = false;
  Toy toy([&](Sim& sim) {
    sim.finally("asked", [&] { return asked = true; });
    sim.task("t", [&] { sim.expect(false, "first"); });
    sim.run();
  });
  CHECK(signature(toy.run(sync_plan())) == "invariant toy: first");
  CHECK_FALSE(asked);
}

TEST_CASE("invariant: the first finding of a run counts") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      sim.expect(true, "zeroth");
      sim.expect(false, "first");
      sim.expect(false, "second");
    });
    sim.run();
  });
  CHECK(signature(toy.run(sync_plan())) == "invariant toy: first");
}

TEST_CASE("invariant: a failed expectation tells its line") {
  int line = 0;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      line = __LINE__ + 1;
      sim.expect(false, "it");
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].line == line);
  CHECK(result.finding->message == "expected: it");
}

TEST_CASE("invariant: after a finding a task goes no further than its next await") {
  int reached = 0;
  Toy toy([&](Sim& sim) {
    reached = 0;
    sim.task("t", [&] {
      sim.expect(false, "it");
      reached = 1;
      sim.yield();
      reached = 2;
    });
    sim.task("u", [&] { reached = 3; });
    sim.run();
  });
  toy.run(sync_plan());
  CHECK(reached == 1);
}

TEST_CASE("invariant: equality is expected of values and outcomes and errors") {
  const auto expect = [](auto check) {
    Toy toy([&](Sim& sim) {
      sim.task("t", [&] { check(sim); });
      sim.run();
    });
    return signature(toy.run(sync_plan()));
  };
  const auto three = []() -> IOResult<int> { return 3; };
  const auto fails = []() -> IOResult<int> { return IOError::no_space; };
  const auto text = []() -> IOResult<std::string> { return std::string("abc"); };
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(three), 3); }) == "");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(text), "abc"); }) == "");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(three), 4); }) ==
        "invariant toy: N to be N");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(fails), 3); }) ==
        "invariant toy: ENOSPC to be N");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(text), "x"); }) ==
        "invariant toy: \"abc\" to be \"x\"");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(true, false); }) == "invariant toy: true to be false");
  CHECK(expect([&](Sim& sim) { sim.expect_eq(sim.await(fails).error(), IOError::no_space); }) ==
        "");
}

TEST_CASE("invariant: goals tell whether the run reached them") {
  Toy toy([](Sim& sim) {
    int count = 0;
    sim.sometimes("one", [&] { return count == 1; });
    sim.sometimes("two", [&] { return count == 2; });
    sim.task("t", [&] {
      ++count;
      sim.reached("here");
      sim.yield();
      count = 0;
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "");
  CHECK(result.goals.size() == 3);
  CHECK(result.goals.at("one"));
  CHECK_FALSE(result.goals.at("two"));
  CHECK(result.goals.at("here"));
}

TEST_CASE("invariant: goals do not change the digest") {
  const auto digest = [](bool goals) {
    Toy toy([=](Sim& sim) {
      if (goals) sim.sometimes("goal", [] { return true; });
      if (goals) sim.always("law", [] { return true; });
      sim.task("t", [&] { sim.yield(); });
      sim.run();
    });
    return toy.run(sync_plan()).digest;
  };
  CHECK(digest(true) == digest(false));
}

TEST_CASE("invariant: it can be turned off") {
  Toy toy([](Sim& sim) {
    sim.always("never", [] { return false; });
    sim.task("t", [&] { sim.expect(false, "it"); });
    sim.run();
  });
  RunOptions off;
  off.checks.off = {"invariant"};
  CHECK(found(toy.run(sync_plan(), off)) == "");
}

TEST_CASE("invariant: a property may reach a goal that nobody named before") {
  Toy toy([](Sim& sim) {
    for (int i = 0; i < 3; ++i) {
      sim.always("holds " + std::to_string(i), [&sim, i] {
        sim.reached("goal " + std::to_string(i));
        return true;
      });
    }
    sim.task("t", [&] { sim.yield(); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(!result.finding.has_value());
  CHECK(result.goals.size() == 3);
}
