#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>

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
  CHECK(result.finding->evidence.size() == 3);
  CHECK(result.finding->evidence[0] == "they differ first at event 2");
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
