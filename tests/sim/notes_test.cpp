// Notes: findings that fail nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/noting.h"
#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

std::vector<std::string> noted(const RunResult& result) {
  std::vector<std::string> signatures;
  for (const Finding& note : result.notes) signatures.push_back(note.signature);
  return signatures;
}

// Two notes, one of them twice, and then a goal.
Toy noting_toy() {
  return Toy([](Sim& sim) {
    sim.task("t", [&] {
      report_note("b");
      sim.yield();
      report_note("a");
      report_note("b");
      sim.yield();
      sim.reached("the end");
    });
    sim.run();
  });
}

}  // namespace

TEST_CASE("notes: one does not end the run and is kept once") {
  Toy toy = noting_toy();
  const RunResult result = toy.check(sync_plan());
  CHECK(found(result).empty());
  CHECK(result.goals.at("the end"));
  CHECK(noted(result) == std::vector<std::string>{"b", "a"});
}

TEST_CASE("notes: each run has its own") {
  Toy toy = noting_toy();
  CHECK(toy.run(sync_plan()).notes.size() == 2);
  CHECK(toy.run(sync_plan()).notes.size() == 2);
}

TEST_CASE("notes: those of a check whose notes are errors end the run") {
  Toy toy = noting_toy();
  RunOptions options;
  options.checks.errors.insert("deadlock");
  const RunResult result = toy.check(sync_plan(), options);
  REQUIRE(found(result) == "deadlock");
  CHECK(result.finding->signature == "b");
  CHECK(result.finding->severity == Severity::error);
  CHECK(result.notes.empty());
  options.checks.errors = {"invariant"};
  CHECK(found(toy.check(sync_plan(), options)).empty());
}

TEST_CASE("notes: a check that is off makes none") {
  Toy toy = noting_toy();
  RunOptions options;
  options.checks.off.insert("deadlock");
  CHECK(toy.run(sync_plan(), options).notes.empty());
}

TEST_CASE("notes: they change neither the events of a run nor what comes after") {
  Toy quiet([](Sim& sim) {
    sim.task("t", [&] {
      sim.yield();
      sim.yield();
    });
    sim.run();
  });
  Toy toy = noting_toy();
  CHECK(toy.run(sync_plan()).digest == quiet.run(sync_plan()).digest);
}

TEST_CASE("notes: the finding after a note is the run's finding and keeps the note") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      report_note("before");
      sim.expect(false, "this");
      report_note("after");
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "invariant");
  CHECK(noted(result) == std::vector<std::string>{"before"});
}
