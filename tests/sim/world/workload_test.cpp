// Workload choices, options, time, and what outlives a run.
#include "tests/support/death.h"
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("world: choices are calm unless the plan says otherwise") {
  std::vector<std::int64_t> chosen;
  Toy toy([&](Sim& sim) {
    chosen = {sim.choose("n", 5), sim.choose("n", 5), sim.choose_between("m", -3, 4),
              sim.flip("f") ? 1 : 0, sim.choose("one", 1)};
    sim.task("t", [&] { chosen.push_back(sim.choose("n", 5)); });
    sim.run();
  });
  toy.run(sync_plan());
  CHECK(chosen == std::vector<std::int64_t>{0, 0, -3, 0, 0, 0});
  toy.run(sync_plan({{"main/n#2/workload", 4},
                     {"main/m#1/workload", 7},
                     {"main/f#1/workload", 1},
                     {"t/n#1/workload", 2}}));
  CHECK(toy.missed().none());
  CHECK(chosen == std::vector<std::int64_t>{0, 4, 4, 1, 0, 2});
}

TEST_CASE("world: options are what was set or else the default and are told") {
  std::int64_t size = 0;
  Toy toy([&](Sim& sim) {
    size = sim.option("size", 10);
    static_cast<void>(sim.option("depth", 2));
    sim.run();
  });
  RunOptions options;
  options.options = {{"size", 99}, {"unknown", 1}};
  const RunResult result = toy.run(sync_plan(), options);
  CHECK(size == 99);
  CHECK(result.options_asked == Options{{"depth", 2}, {"size", 99}});
  toy.run(sync_plan());
  CHECK(size == 10);
}

TEST_CASE("world: time begins at zero in each run") {
  std::uint64_t began = 1;
  Toy toy([&](Sim& sim) {
    began = sim.now().ns;
    sim.task("t", [&] { sim.sleep(Duration(77)); });
    sim.run();
  });
  toy.run(lazy_plan());
  toy.run(lazy_plan());
  CHECK(began == 0);
}

TEST_CASE("world: a supervisor hears a beat") {
  int beats = 0;
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 3000; ++i) sim.yield();
    });
    sim.run();
  });
  RunOptions options;
  options.heartbeat = [](void* context) { ++*static_cast<int*>(context); };
  options.heartbeat_context = &beats;
  toy.run(lazy_plan(), options);
  CHECK(beats > 100);
}

TEST_CASE("world: callbacks that never ran die with the run and are not called") {
  bool called = false;
  auto held = std::make_shared<int>(1);
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      sim.open("f").sync([&called, held](const Completion&) { called = true; });
      sim.expect(false, "it");
    });
    sim.run();
  });
  toy.run(lazy_plan());
  CHECK_FALSE(called);
  CHECK(held.use_count() == 1);
}

TEST_CASE("world: a completion that outlives its run stays pending and is safe to ask") {
  Completion kept;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      kept = sim.open("f").sync();
      sim.expect(false, "it");
    });
    sim.run();
  });
  toy.run(lazy_plan());
  const Completion before = kept;
  toy.run(lazy_plan());
  CHECK_FALSE(before.finished());
  before.cancel();
  CHECK(before.cancel_requested());
  CHECK(found(toy.run(lazy_plan())) == "invariant");
}

TEST_CASE("world: awaits in handlers of exceptions do not mix up two tasks") {
  std::vector<std::string> caught;
  Toy toy([&](Sim& sim) {
    caught.clear();
    for (const char* const name : {"a", "b", "c"}) {
      sim.task(name, [&sim, &caught, name] {
        try {
          throw std::runtime_error(name);
        } catch (const std::runtime_error& outer) {
          sim.yield();
          try {
            throw;  // the one that this task handles, not another's
          } catch (const std::runtime_error& inner) {
            sim.yield();
            caught.push_back(std::string(outer.what()) + inner.what());
          }
        }
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({}, {"b/wait#2/turn", "a/wait#2/turn"}))) == "");
  CHECK(caught == std::vector<std::string>{"bb", "aa", "cc"});
}

TEST_CASE("world: a callback in flight dies before the locals of its scenario") {
  bool alive = false;
  bool died_in_time = false;
  Toy toy([&](Sim& sim) {
    alive = true;
    struct Local {
      bool& alive;
      ~Local() { alive = false; }
    } local{alive};
    struct Session {
      bool& alive;
      bool& died_in_time;
      Session(bool& is_alive, bool& died) : alive(is_alive), died_in_time(died) {}
      ~Session() { died_in_time = alive; }
    };
    sim.task("t", [&] {
      auto session = std::make_shared<Session>(alive, died_in_time);
      sim.open("f").sync([session](const Completion&) {});
      sim.expect(false, "it");
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "invariant");
  CHECK(died_in_time);
}

TEST_CASE("world: what is cancelled for the code under test is not the scenario's own sleep") {
  std::uint64_t slept = 0;
  Toy toy([&](Sim& sim) {
    Faults faults;
    faults.cancels = true;
    sim.survives(faults);
    sim.task("t", [&] {
      sim.sleep(Duration(100));
      slept = sim.now().ns;
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/timer#1/cancel", 1}}))) == "");
  CHECK(toy.missed().none());
  CHECK(slept >= 100);
}
