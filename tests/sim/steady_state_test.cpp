// A hundred thousand runs in one world: nothing leaks, and no run costs more than another.
#include "tests/support/allocation_count.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

struct SteadyMachine {
  File& file;
  Buffer buffer;
  Completion pending;
  int stage = 0;

  IOResult<int> step() {
    for (; stage < 2; ++stage) {
      if (!pending) pending = stage == 0 ? file.pwrite(0, buffer) : file.pread(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      pending = {};
    }
    return stage;
  }
};

void small(Sim& sim) {
  Faults faults;
  faults.errors = faults.retries = faults.short_io = true;
  sim.survives(faults);
  File& file = sim.open("f");
  SteadyMachine driven{file, Buffer::allocate(16), {}, 0};
  SteadyMachine awaited{file, Buffer::allocate(16), {}, 0};
  sim.drive("driven", [&] { return driven.step(); });
  sim.task("awaited", [&] {
    static_cast<void>(sim.await([&] { return awaited.step(); }));
    sim.sleep(Duration(2));
  });
  sim.run();
}

/// Leaves an I/O and a suspended task behind in each run.
void stopped(Sim& sim) {
  File& file = sim.open("f");
  sim.task("waits", [&] {
    const Buffer buffer = Buffer::allocate(16);
    static_cast<void>(sim.wait(file.pwrite(0, buffer)));
  });
  sim.task("fails", [&] { sim.expect(false, "it"); });
  sim.run();
}

struct Counted {
  std::uint64_t allocated = 0;
  std::int64_t kept = 0;

  friend bool operator==(const Counted&, const Counted&) = default;
};

/// What `runs` runs of the same plan allocate, and how much of it they keep.
Counted cost(Runner& runner, const Scenario& scenario, Strategy& strategy, int runs) {
  const std::uint64_t made = allocations;
  const std::uint64_t freed = deallocations;
  for (int i = 0; i < runs; ++i) static_cast<void>(runner.run(scenario, strategy, {}));
  const std::uint64_t allocated = allocations - made;
  return {allocated, static_cast<std::int64_t>(allocated - (deallocations - freed))};
}

}  // namespace

TEST_CASE("steady state: the hundred thousandth run costs what the hundredth did") {
  Runner runner;
  const Scenario scenario{"small", &small, "", false};
  const auto strategy = make_calm_strategy(Base::lazy);
  cost(runner, scenario, *strategy, 100);
  const Counted early = cost(runner, scenario, *strategy, 1000);
  CHECK(early.kept == 0);
  const Counted meanwhile = cost(runner, scenario, *strategy, 98'000);
  CHECK(meanwhile.kept == 0);
  CHECK(cost(runner, scenario, *strategy, 1000) == early);
}

TEST_CASE("steady state: runs that are stopped keep nothing either") {
  Runner runner;
  const Scenario scenario{"stopped", &stopped, "", false};
  const auto strategy = make_calm_strategy(Base::lazy);
  cost(runner, scenario, *strategy, 100);
  const Counted early = cost(runner, scenario, *strategy, 500);
  CHECK(early.kept == 0);
  CHECK(cost(runner, scenario, *strategy, 500) == early);
}

TEST_CASE("steady state: an I/O and an entry more allocate nothing in the world") {
  const auto body = [](Sim& sim) {
    File& file = sim.open("f");
    const auto buffer = Buffer::allocate(16);
    sim.drive("t", [&, n = sim.option("n", 0), pending = Completion()]() mutable -> IOResult<Unit> {
      for (; n > 0; --n) {
        if (!pending) pending = file.pwrite(0, buffer);
        if (!pending.finished()) IO_YIELD_ONE(pending);
        pending = {};
      }
      return Unit{};
    });
    sim.run();
  };
  Toy toy(body);
  toy.log(false);
  const auto strategy = make_calm_strategy(Base::lazy);
  const auto allocated = [&](std::int64_t n) {
    RunOptions options;
    options.options["n"] = n;
    for (int i = 0; i < 3; ++i) static_cast<void>(toy.run(*strategy, options));
    const std::uint64_t before = allocations;
    static_cast<void>(toy.run(*strategy, options));
    return allocations - before;
  };
  CHECK(allocated(1000) == allocated(10));
}

TEST_CASE("steady state: whatever is drawn at random is given back") {
  Runner runner;
  const Scenario scenario{"small", &small, "", false};
  const auto strategy = random_of(0, "chaos");
  const auto sweep = [&] {
    const std::uint64_t made = allocations;
    const std::uint64_t freed = deallocations;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      strategy->reseed(seed);
      static_cast<void>(runner.run(scenario, *strategy, {}));
    }
    return (allocations - made) - (deallocations - freed);
  };
  static_cast<void>(sweep());
  CHECK(sweep() == 0);
}
