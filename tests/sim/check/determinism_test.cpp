#include "tests/support/disk_script.h"
#include "tests/support/sanitized.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <reprise/sim/check/determinism.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("determinism: a static counter that shows in a result is found") {
  int counter = 0;  // outlives the run, as a static does
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      sim.yield();
      static_cast<void>(sim.await([&]() -> IOResult<int> { return ++counter; }));
    });
    sim.results_depend_on_timing();
    sim.run();
  });
  const RunResult result = toy.check_twice(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "determinism");
  CHECK(result.finding->signature == "determinism toy: t/wait#1/turn");
  REQUIRE(result.finding->evidence.size() == 3);
  CHECK(result.finding->evidence[0] == "they differ first at event 2, t/wait#1/turn");
  CHECK(result.finding->evidence[1] ==
        "both runs did the same there; the value that the operation gave was another");
  CHECK(result.finding->evidence[2].find("a plain repetition differs") == 0);
}

namespace {
int counted = 0;
int resets = 0;

void count(Sim& sim) {
  sim.reset_globals([] {
    counted = 0;
    ++resets;
  });
  sim.task("t", [&] {
    sim.yield();
    static_cast<void>(sim.await([&]() -> IOResult<int> { return ++counted; }));
  });
  sim.run();
}
}  // namespace

TEST_CASE("determinism: a global that the scenario resets is the same in each run") {
  Toy toy(count);
  counted = 7;  // of an earlier run, of another scenario
  resets = 0;
  CHECK_FALSE(toy.check_twice(lazy_plan()).finding.has_value());
  CHECK(counted == 0);
  CHECK(resets >= 4);  // before and after each of two runs
}

TEST_CASE("determinism: an earlier run is blamed only where no other cause is known") {
  Finding unknown;
  unknown.evidence = {"they differ",
                      "a plain repetition differs: something outlives the run, or "
                      "comes from outside it"};
  REQUIRE(differs_for_no_known_cause(unknown));
  blame_earlier_run(unknown);
  CHECK_FALSE(differs_for_no_known_cause(unknown));
  CHECK(unknown.evidence[1].find("state from an earlier run: ") == 0);
  CHECK(unknown.help.find("sim.reset_globals(") != std::string::npos);
  Finding known;
  known.evidence = {"they differ", "the runs are the same until the heap lies elsewhere"};
  CHECK_FALSE(differs_for_no_known_cause(known));
}

TEST_CASE("determinism: the first step that differs is shown in two short lines") {
  int runs = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    const bool is_even = ++runs % 2 == 0;
    sim.results_depend_on_timing();
    sim.task("t", [&sim, &file, is_even] {
      for (int i = 0; i < 30; ++i) static_cast<void>(sim.wait(file.sync()));
      if (is_even) static_cast<void>(sim.wait(file.truncate(0)));
      for (int i = 0; i < 30; ++i) static_cast<void>(sim.wait(file.sync()));
    });
    sim.run();
  });
  const RunResult result = toy.check_twice(sync_plan());
  REQUIRE(result.finding.has_value());
  const std::vector<std::string>& evidence = result.finding->evidence;
  REQUIRE(evidence.size() == 4);
  CHECK(evidence[0] == "they differ first at event 1, t#1/turn");
  CHECK(evidence[1].find("first run:  t: submits ") == 0);
  CHECK(evidence[2].find("second run: t: submits ") == 0);
  CHECK(evidence[1] != evidence[2].substr(0, evidence[1].size()));
  CHECK(evidence[3].find("a plain repetition differs") == 0);
  for (const std::string& line : evidence) CHECK(line.size() <= 120);
}

namespace {

// What a frame before it has left on the stack.
[[gnu::noinline]] std::uint64_t left_on_stack() {
  std::uint64_t words[8];
  asm volatile("" : : "r"(words) : "memory");  // for all that the compiler knows it is set here
  return words[3];
}

std::string cause_of(const RunResult& result) {
  return result.finding ? result.finding->evidence.back() : std::string("none");
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

// One operation that gives what `value` does.
Toy giving(std::uint64_t (*value)()) {
  return Toy([value](Sim& sim) {
    sim.results_depend_on_timing();
    sim.task("t", [&sim, value] {
      sim.yield();
      static_cast<void>(sim.await([value]() -> IOResult<std::uint64_t> { return value(); }));
    });
    sim.run();
  });
}

}  // namespace

TEST_CASE("determinism: a local variable that is not set is told as that") {
  Toy toy = giving(left_on_stack);
  CHECK(contains(cause_of(toy.check_twice(lazy_plan())), "a local variable is read before"));
}

TEST_CASE("determinism: the address of a local variable is told as that") {
  Toy toy = giving([] {
    int local = 0;
    return std::uint64_t{reinterpret_cast<std::uintptr_t>(&local)};
  });
  CHECK(contains(cause_of(toy.check_twice(lazy_plan())), "the address of a local variable"));
}

TEST_CASE("determinism: memory of the heap that is not set is told as that" *
          doctest::skip(tests::is_sanitized)) {
  Toy toy = giving([] {
    const auto words = std::make_unique_for_overwrite<std::uint64_t[]>(500);
    asm volatile("" : : "r"(words.get()) : "memory");
    return words[499];
  });
  CHECK(contains(cause_of(toy.check_twice(lazy_plan())), "memory of the heap is read before"));
}

TEST_CASE("determinism: findings that differ are both shown") {
  int runs = 0;
  Toy toy([&](Sim& sim) {
    const bool is_odd = ++runs % 2 != 0;
    sim.task("t", [&sim] { sim.yield(); });
    sim.finally("even", [is_odd] { return !is_odd; });
    sim.results_depend_on_timing();
    sim.run();
  });
  ++runs;  // the very first run must be clean, or it is not made twice
  const RunResult result = toy.check_twice(lazy_plan());
  REQUIRE(result.finding.has_value());
  REQUIRE(result.finding->check == "determinism");
  CHECK(result.finding->evidence[0] == "the events are the same, the findings are not");
  CHECK(result.finding->evidence[1].find("first run:  invariant: ") == 0);
  CHECK(result.finding->evidence[2] == "second run: no finding");
}

TEST_CASE("determinism: a different number of events is found") {
  int runs = 0;
  Toy toy([&](Sim& sim) {
    ++runs;
    sim.results_depend_on_timing();
    sim.task("t", [&] {
      for (int i = 0; i < runs; ++i) sim.yield();
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "determinism");
}

TEST_CASE("determinism: one run alone is not compared") {
  int counter = 0;
  Toy toy([&](Sim& sim) {
    sim.results_depend_on_timing();
    sim.task("t",
             [&] { static_cast<void>(sim.await([&]() -> IOResult<int> { return ++counter; })); });
    sim.run();
  });
  CHECK(found(toy.check(lazy_plan())) == "");
}

TEST_CASE("determinism: an address that shows in a result is found") {
  Toy toy([](Sim& sim) {
    sim.results_depend_on_timing();
    sim.task("t", [&] {
      const auto on_heap = std::make_unique<int>(3);
      const auto address = reinterpret_cast<std::uintptr_t>(on_heap.get());
      static_cast<void>(
          sim.await([&]() -> IOResult<std::uint64_t> { return std::uint64_t{address}; }));
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "determinism");
}

TEST_CASE("determinism: a clean scenario stays clean under every strategy") {
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.errors = faults.retries = faults.short_io = faults.cancels = true;
    sim.survives(faults);
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 3; ++i) {
      sim.task("t", i, [&, i] {
        const Buffer buffer = buffer_of("abcdef");
        static_cast<void>(sim.wait(file.pwrite(32 * i + sim.choose("at", 20), buffer)));
        static_cast<void>(sim.wait(file.pread(0, buffer)));
        static_cast<void>(sim.await([&]() -> IOResult<std::string> { return text_of(buffer); }));
      });
    }
    sim.results_depend_on_timing();
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto strategy = random_of(seed, "chaos");
    Recording recording;
    const Plan plan = toy.record(*strategy);
    REQUIRE(found(toy.check_twice(plan)) == "");
  }
}

TEST_CASE("determinism: bytes on the disk that differ are found though the events are the same") {
  std::uint32_t runs = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      static_cast<void>(sim.wait(file.pwrite(0, buffer_of(std::to_string(++runs % 10)))));
    });
    sim.results_depend_on_timing();
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "determinism");
}
