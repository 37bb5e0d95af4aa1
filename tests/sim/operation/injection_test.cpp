// Yields that the world injects at await sites: operation.h and watch.h as a scenario sees them.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Counts how many of it are alive, and that none is destroyed twice.
struct Counted {
  explicit Counted(int& count) : alive(&count) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }

  int* alive;
};

/// Three levels, the innermost of which is one call: `top` -> `middle` -> `leaf`.
struct Nested {
  int tops = 0, middles = 0, leaves = 0;

  IOResult<int> top() {
    ++tops;
    return RETURN_IF_IO(middle()) + 1;
  }
  IOResult<int> middle() {
    ++middles;
    return RETURN_IF_IO(leaf()) + 1;
  }
  IOResult<int> leaf() {
    ++leaves;
    return 1;
  }
};

/// A toy of one operation, of a Machine's function.
template <class Machine, class Function>
struct OneOperation {
  explicit OneOperation(Function function, Faults survived = {})
      : toy([this, function, survived](Sim& sim) {
          machine = std::make_unique<Machine>();
          sim.survives(survived);
          sim.task("t", [&] {
            auto outcome = sim.await([&] { return (machine.get()->*function)(); });
            if (outcome.ok()) {
              value = static_cast<int>(outcome.value());
            } else {
              value = -1;
            }
          });
          sim.run();
        }) {}

  int run(const Plan& plan) {
    value = -2;
    result = toy.run(plan);
    return found(result).empty() ? value : -3;
  }

  std::unique_ptr<Machine> machine;
  int value = -2;
  RunResult result;
  Toy toy;
};

using NestedOperation = OneOperation<Nested, IOResult<int> (Nested::*)()>;

constexpr const char* outer_yield = "t/top/middle()#1/yield";
constexpr const char* inner_yield = "t/top/middle()/middle/leaf()#1/yield";

}  // namespace

TEST_CASE("injection: calm runs enter a machine once") {
  NestedOperation one(&Nested::top);
  CHECK(one.run(sync_plan()) == 3);
  CHECK(one.machine->tops == 1);
}

TEST_CASE("injection: a yield after an inner call hands its value over without a second call") {
  NestedOperation one(&Nested::top);
  CHECK(one.run(sync_plan({{inner_yield, 1}})) == 3);
  CHECK(one.toy.missed().none());
  CHECK(one.machine->tops == 2);
  CHECK(one.machine->middles == 2);
  CHECK(one.machine->leaves == 1);
}

TEST_CASE("injection: a yield after an outer call hands its value over without a second call") {
  NestedOperation one(&Nested::top);
  CHECK(one.run(sync_plan({{outer_yield, 1}})) == 3);
  CHECK(one.toy.missed().none());
  CHECK(one.machine->tops == 2);
  CHECK(one.machine->middles == 1);
  CHECK(one.machine->leaves == 1);
}

TEST_CASE("injection: yields at every level of one chain are taken one after the other") {
  NestedOperation one(&Nested::top);
  CHECK(one.run(sync_plan({{inner_yield, 1}, {outer_yield, 1}})) == 3);
  CHECK(one.toy.missed().none());
  CHECK(one.machine->tops == 3);
  CHECK(one.machine->middles == 2);
  CHECK(one.machine->leaves == 1);
}

TEST_CASE("injection: a yield is a turn of its own with the site's identity") {
  NestedOperation one(&Nested::top);
  one.run(sync_plan({{inner_yield, 1}}));
  CHECK(events_of(one.result) ==
        std::vector<std::string>{"t#1/turn", "t/top/middle()/middle/leaf()#1/turn"});
}

TEST_CASE("injection: yields before a call are taken only under the strict contract") {
  const Plan plan = sync_plan({{"t/top/middle()/before#1/yield-before", 1},
                               {"t/top/middle()/middle/leaf()/before#1/yield-before", 1}});
  NestedOperation lax(&Nested::top);
  CHECK(lax.run(plan) == 3);
  CHECK(lax.machine->tops == 1);
  CHECK(lax.toy.missed().decisions.size() == 2);
  Faults strict;
  strict.yields_before_calls = true;
  NestedOperation one(&Nested::top, strict);
  CHECK(one.run(plan) == 3);
  CHECK(one.toy.missed().none());
  CHECK(one.machine->tops == 3);
  CHECK(one.machine->middles == 2);
  CHECK(one.machine->leaves == 1);
}

TEST_CASE("injection: the number of a yield does not depend on yields before calls") {
  Faults strict;
  strict.yields_before_calls = true;
  NestedOperation one(&Nested::top, strict);
  CHECK(one.run(sync_plan({{"t/top/middle()/before#1/yield-before", 1}, {outer_yield, 1}})) == 3);
  CHECK(one.toy.missed().none());
}

namespace {

/// Moves its state on before the call, so that the value handed back is not asked for again.
struct MovesOn {
  int state = 0;
  int calls = 0;

  IOResult<int> step() {
    switch (state) {
      case 0:
        state = 1;
        static_cast<void>(RETURN_IF_IO(start()));
        [[fallthrough]];
      case 1: return RETURN_IF_IO(finish());
    }
    return 0;
  }
  IOResult<int> start() {
    ++calls;
    return 5;
  }
  IOResult<int> finish() { return 7; }
};

}  // namespace

TEST_CASE("injection: a machine that moves its state on before the call stays clean") {
  OneOperation<MovesOn, IOResult<int> (MovesOn::*)()> one(&MovesOn::step);
  CHECK(one.run(sync_plan({{"t/step/start()#1/yield", 1}, {"t/step/finish()#1/yield", 1}})) == 7);
  CHECK(one.toy.missed().none());
  CHECK(one.machine->calls == 1);
}

namespace {

/// Awaits a value that can only be moved; on re-entry it may take another way.
struct Mover {
  int alive = 0;
  int calls = 0;
  int entries = 0;
  bool elsewhere = false;

  IOResult<Counted> make() {
    ++calls;
    return Counted(alive);
  }
  IOResult<int> other() { return 0; }
  IOResult<int> step() {
    ++entries;
    if (elsewhere && entries > 1) {
      static_cast<void>(RETURN_IF_IO(other()));
      return alive * 10 + 1;
    }
    const Counted made = RETURN_IF_IO(make());
    return *made.alive;
  }
  IOResult<int> forgets() {
    ++entries;
    if (entries > 1) return alive * 10 + 1;  // arrives at no site at all
    static_cast<void>(RETURN_IF_IO(make()));
    return 0;
  }
};

using MoverOperation = OneOperation<Mover, IOResult<int> (Mover::*)()>;

}  // namespace

TEST_CASE("injection: a value that can only be moved is handed over and destroyed once") {
  MoverOperation one(&Mover::step);
  CHECK(one.run(sync_plan({{"t/step/make()#1/yield", 1}})) == 1);
  CHECK(one.machine->calls == 1);
  CHECK(one.machine->alive == 0);
}

TEST_CASE("injection: a value is dropped when control arrives at another site") {
  int alive = 0;
  Toy toy([&](Sim& sim) {
    Mover machine;
    machine.elsewhere = true;
    sim.task("t", [&] {
      sim.expect_eq(sim.await([&] { return machine.step(); }), 1);
      alive = machine.alive;
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/step/make()#1/yield", 1}}))) == "");
  CHECK(toy.missed().none());
  CHECK(alive == 0);
}

TEST_CASE("injection: a value is dropped when control arrives at no site") {
  int alive = 1;
  Toy toy([&](Sim& sim) {
    Mover machine;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&] { return machine.forgets(); }));
      alive = machine.alive;
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/forgets/make()#1/yield", 1}}))) == "");
  CHECK(toy.missed().none());
  CHECK(alive == 0);
}

TEST_CASE("injection: a value put aside is dropped when the operation is abandoned") {
  int alive = 1;
  Toy toy([&](Sim& sim) {
    Faults faults;
    faults.abandons = true;
    sim.survives(faults);
    Mover machine;
    sim.task("t", [&] {
      const auto outcome =
          sim.await([&] { return machine.step(); }, {.abandon = [] {}, .abort = {}});
      sim.expect(outcome.abandoned(), "it is abandoned");
      alive = machine.alive;
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/step/make()#1/yield", 1}, {"t/step/make()#1/abandon", 1}}))) ==
        "");
  CHECK(toy.missed().none());
  CHECK(alive == 0);
}

TEST_CASE("injection: a value put aside is dropped when a finding ends the run") {
  auto machine = std::make_unique<Mover>();
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine->step(); })); });
    sim.task("u", [&] { sim.expect(false, "nothing"); });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/step/make()#1/yield", 1}}))) == "invariant");
  CHECK(machine->calls == 1);
  CHECK(machine->alive == 0);
}

namespace {

struct Wide {
  alignas(64) std::uint64_t words[64] = {};
};

/// Checks the alignment of what it gets.
struct Aligned {
  IOResult<Wide> make() {
    Wide wide;
    wide.words[63] = 42;
    return wide;
  }
  IOResult<int> step() {
    const Wide wide = RETURN_IF_IO(make());
    return wide.words[63] == 42 ? 1 : 0;
  }
};

}  // namespace

TEST_CASE("injection: large and aligned values are handed over whole") {
  OneOperation<Aligned, IOResult<int> (Aligned::*)()> one(&Aligned::step);
  CHECK(one.run(sync_plan({{"t/step/make()#1/yield", 1}})) == 1);
  CHECK(one.toy.missed().none());
}

namespace {

/// The same site three times, in a loop that is in the machine's state.
struct Loop {
  int done = 0;
  int calls = 0;

  IOResult<int> call() {
    ++calls;
    return 1;
  }
  IOResult<int> step() {
    while (done < 3) {
      const int one = RETURN_IF_IO(call());
      done += one;
    }
    return done;
  }
};

}  // namespace

TEST_CASE("injection: of the passes of a loop in one entry only the first may yield") {
  OneOperation<Loop, IOResult<int> (Loop::*)()> one(&Loop::step);
  for (unsigned subset = 0; subset < 8; ++subset) {
    Plan plan = sync_plan();
    std::size_t others = 0;
    for (unsigned pass = 0; pass < 3; ++pass) {
      if ((subset & (1u << pass)) == 0) continue;
      plan.decisions.push_back({"t/step/call()#" + std::to_string(pass + 1) + "/yield", 1});
      if (pass > 0) ++others;
    }
    CAPTURE(subset);
    CHECK(one.run(plan) == 3);
    CHECK(one.toy.missed().decisions.size() == others);
    CHECK(one.machine->calls == 3);
  }
}

namespace {

struct Pinned {
  bool yields = false;

  IOResult<int> inner() { return 4; }
  IOResult<int> load() {
    if (yields) IO_YIELD_ONE(Completion::yield());
    return RETURN_IF_IO(inner());
  }
  IOResult<int> step() { return EXPECT_NO_IO(load()); }
  IOResult<int> step_that_yields() {
    yields = true;
    return EXPECT_NO_IO(load());
  }
};

using PinnedOperation = OneOperation<Pinned, IOResult<int> (Pinned::*)()>;

}  // namespace

TEST_CASE("injection: nothing is injected below EXPECT_NO_IO") {
  PinnedOperation one(&Pinned::step);
  CHECK(one.run(sync_plan({{"t/load/inner()#1/yield", 1}})) == 4);
  CHECK(one.toy.missed().decisions.size() == 1);
}

TEST_CASE("injection: a yield below EXPECT_NO_IO is a finding") {
  PinnedOperation one(&Pinned::step_that_yields);
  one.run(sync_plan());
  REQUIRE(one.result.finding.has_value());
  CHECK(one.result.finding->check == "invariant");
  CHECK(one.result.finding->signature == "invariant toy: yield in EXPECT_NO_IO(load())");
  CHECK(one.result.finding->places.size() == 1);
}

TEST_CASE("injection: errors are passed on and nothing is injected after them") {
  struct Failing {
    IOResult<int> fails() { return IOError::corrupt; }
    IOResult<int> step() { return RETURN_IF_IO(fails()); }
  };
  IOError error = IOError::none;
  Toy toy([&](Sim& sim) {
    Failing machine;
    sim.task("t", [&] { error = sim.await([&] { return machine.step(); }).error(); });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/step/fails()#1/yield", 1}}))) == "");
  CHECK(error == IOError::corrupt);
  CHECK(toy.missed().decisions.size() == 1);
}

TEST_CASE("injection: a machine called outside of an operation is left alone") {
  Nested machine;
  int value = 0;
  Toy toy([&](Sim& sim) {
    value = machine.top().value();
    sim.task("t", [&] { value += machine.top().value(); });
    sim.run();
    value += machine.top().value();
  });
  CHECK(found(toy.run(sync_plan({{inner_yield, 1}}))) == "");
  CHECK(value == 9);
}

TEST_CASE("injection: two tasks have sites of their own") {
  Toy toy([](Sim& sim) {
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&sim, i] {
        Nested machine;
        sim.expect_eq(sim.await([&] { return machine.top(); }), 3);
        sim.expect_eq(machine.tops, i == 1 ? 2 : 1);
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t[1]/top/middle()#1/yield", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("injection: an exception out of a chain ends the run and the next one is clean") {
  bool throws = true;
  struct Thrower {
    bool& throws;
    IOResult<int> leaf() {
      if (throws) throw std::runtime_error("no luck");
      return 1;
    }
    IOResult<int> middle() { return RETURN_IF_IO(leaf()); }
    IOResult<int> top() { return RETURN_IF_IO(middle()); }
  };
  Toy toy([&](Sim& sim) {
    Thrower machine{throws};
    sim.task("t", [&] { sim.expect_eq(sim.await([&] { return machine.top(); }), 1); });
    sim.run();
  });
  const Plan plan = sync_plan({{"t/top/middle()/middle/leaf()#1/yield", 1}});
  throws = false;
  const std::uint64_t clean = toy.run(plan).digest;
  throws = true;
  const RunResult thrown = toy.run(plan);
  REQUIRE(thrown.finding.has_value());
  CHECK(thrown.finding->check == "crash");
  CHECK(thrown.finding->signature == "crash toy: exception: no luck");
  throws = false;
  const RunResult after = toy.run(plan);
  CHECK(found(after) == "");
  CHECK(after.digest == clean);
  CHECK(toy.missed().none());
}

TEST_CASE("injection: a body that catches what a machine threw goes on with the next operation") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      bool caught = false;
      try {
        static_cast<void>(
            sim.await([]() -> IOResult<int> { throw std::runtime_error("no luck"); }));
      } catch (const std::runtime_error&) {
        caught = true;
      }
      sim.expect(caught, "it comes through await");
      Nested machine;
      sim.expect_eq(sim.await([&] { return machine.top(); }), 3);
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{inner_yield, 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("injection: without an observer no yield is injected") {
  NestedOperation one(&Nested::top);
  RunOptions options;
  options.observed = false;
  const RunResult result = one.toy.run(sync_plan({{outer_yield, 1}}), options);
  CHECK(found(result) == "");
  CHECK(one.value == 3);
  CHECK(one.machine->tops == 1);
  CHECK(result.stats.decisions == 0);
}
