// The world from run to run: reset in place, misuse and exceptions, tasks and what is on their
// stacks.
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

namespace {

/// On a task's stack: counts its constructions and destructions, and looks at the scenario's local.
struct Raii {
  Raii(int& its_alive, const std::vector<int>& its_local) : alive(its_alive), local(its_local) {
    ++alive;
  }
  Raii(const Raii&) = delete;
  Raii& operator=(const Raii&) = delete;
  ~Raii() { alive -= local.at(2) == 3 ? 1 : 1000; }

  int& alive;
  const std::vector<int>& local;
};

/// Does a little of everything, at random.
void busy(Sim& sim) {
  Faults faults;
  faults.errors = faults.refusals = faults.retries = faults.short_io = faults.cancels = true;
  faults.abandons = faults.spurious = faults.yields_before_calls = true;
  sim.survives(faults);
  File& file = sim.open("shared");
  for (std::uint32_t i = 0; i < 3; ++i) {
    sim.task("t", i, [&sim, &file, i] {
      const Buffer buffer = Buffer::allocate(16);
      for (std::uint32_t n = 0; n < 1 + sim.choose("n", 4); ++n) {
        static_cast<void>(sim.wait(file.pwrite(16 * i, buffer)));
        Completion pending;
        static_cast<void>(sim.await(
            [&]() -> IOResult<Unit> {
              if (!pending) pending = file.pread(0, buffer);
              if (!pending.finished()) IO_YIELD_ONE(pending);
              return Unit{};
            },
            {.abandon = [] {}, .abort = {}}));
        sim.sleep(Duration(3));
      }
    });
  }
  sim.run();
}

/// Fails in the middle of everything, in some runs.
void failing(Sim& sim) {
  File& file = sim.open("other");
  int finished = 0;
  sim.always("no more than two", [&] { return finished <= 2; });
  for (std::uint32_t i = 0; i < 4; ++i) {
    sim.task("u", i, [&] {
      const Buffer buffer = Buffer::allocate(4);
      for (int n = 0; n < 3; ++n) static_cast<void>(sim.wait(file.pwrite(0, buffer)));
      ++finished;
      sim.sleep(Duration(5));
    });
  }
  sim.run();
}

}  // namespace

TEST_CASE("world: a run after another is the run it would have been alone") {
  Runner used;
  const Scenario a{"a", &failing, "", false};
  const Scenario b{"b", &busy, "", false};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const auto strategy = random_of(seed, "chaos");
    Runner fresh;
    const RunResult alone = fresh.run(b, *strategy, {});
    strategy->reseed(seed + 1000);
    used.run(a, *strategy, {});
    strategy->reseed(seed);
    const RunResult after = used.run(b, *strategy, {});
    REQUIRE(after.digest == alone.digest);
    REQUIRE(after.stats.events == alone.stats.events);
    REQUIRE(found(after) == found(alone));
  }
}

TEST_CASE("world: names that another scenario made first do not change a run") {
  const auto run_b = [](Runner& runner) {
    const Scenario b{"b", &busy, "", false};
    return runner.run(b, *random_of(7, "chaos"), {}).digest;
  };
  Runner fresh;
  Runner used;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    used.run({"a", &failing, "", false}, *random_of(seed), {});
    used.run({"b", &busy, "", false}, *random_of(seed), {});
  }
  CHECK(run_b(fresh) == run_b(used));
}

TEST_CASE("world: what is looked at does not change a run") {
  const Scenario scenario{"busy", &busy, "", false};
  Runner runner;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunResult plain = runner.run(scenario, *random_of(seed), {});
    RunOptions options;
    options.log_events = true;
    for (const std::string& check : check_names()) options.checks.off.insert(check);
    const RunResult unchecked = runner.run(scenario, *random_of(seed), options);
    if (found(plain).empty()) REQUIRE(unchecked.digest == plain.digest);
    REQUIRE(unchecked.events.size() == unchecked.stats.events);
  }
}

TEST_CASE("world: the log has one line an event and ends with the run's digest") {
  Toy toy(busy);
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.events.size() == result.stats.events);
  std::uint64_t last_time = 0;
  for (const LoggedEvent& event : result.events) {
    CHECK(event.time_ns >= last_time);
    last_time = event.time_ns;
    CHECK(parse_identity(event.identity).has_value());
  }
  CHECK(result.events.back().digest == result.digest);
}

TEST_CASE("world: every event of a run has an identity of its own") {
  Toy toy(busy);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::vector<std::string> events = events_of(toy.run(*random_of(seed, "chaos")));
    std::ranges::sort(events);
    REQUIRE(std::ranges::adjacent_find(events) == events.end());
  }
}

TEST_CASE("world: every decision of a run has an identity of its own") {
  Toy toy(busy);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const auto strategy = random_of(seed, "chaos");
    toy.record(*strategy, {.alternatives = true});
    std::vector<std::string> asked;
    for (const RecordedDecision& decision : toy.recording().decisions) {
      asked.push_back(to_string(toy.runner().names(), decision.identity));
    }
    std::ranges::sort(asked);
    REQUIRE(std::ranges::adjacent_find(asked) == asked.end());
  }
}

// Misuse.

TEST_CASE("world: a scenario that never runs is a finding") {
  Toy toy([](Sim& sim) { sim.task("t", [] {}); });
  const RunResult result = toy.run(sync_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "invariant toy: the scenario never called sim.run()");
}

TEST_CASE("world: a scenario without tasks is a run of nothing") {
  Toy toy([](Sim& sim) { sim.run(); });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "");
  CHECK(result.stats.events == 0);
}

TEST_CASE("world: running twice is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) {
            sim.run();
            sim.run();
          });
          toy.run(sync_plan());
        }) == doctest::Contains("a scenario calls run() once"));
}

TEST_CASE("world: two tasks of one name are misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) {
            sim.task("t", [] {});
            sim.task("t", [] {});
          });
          toy.run(sync_plan());
        }) == doctest::Contains("every task has a name of its own"));
}

TEST_CASE("world: a task made after the run is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) {
            sim.run();
            sim.task("t", [] {});
          });
          toy.run(sync_plan());
        }) == doctest::Contains("tasks are made before run(), or by a task"));
}

TEST_CASE("world: choosing from nothing is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) { static_cast<void>(sim.choose("n", 0)); });
          toy.run(sync_plan());
        }) == doctest::Contains("there is nothing to choose from"));
}

// Exceptions.

namespace {

/// The finding of a scenario that throws while another task is suspended, which must be unwound
/// once and while the scenario's locals live.
std::string thrown(const std::function<void(Sim&)>& thrower) {
  int alive = 0;
  Toy toy([&](Sim& sim) {
    std::vector<int> local = {1, 2, 3};
    sim.task("suspended", [&] {
      const Raii raii(alive, local);
      sim.sleep(Duration(1000));
    });
    thrower(sim);
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(alive == 0);
  Toy clean(busy);
  const std::uint64_t digest = clean.run(lazy_plan()).digest;
  const Scenario scenario{"busy", &busy, "", false};
  CHECK(toy.runner().run(scenario, *make_plan_strategy(lazy_plan()), {}).digest == digest);
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("world: an exception of the scenario's body is a finding") {
  CHECK(thrown([](Sim&) { throw std::runtime_error("body"); }) == "crash toy: exception: body");
}

TEST_CASE("world: an exception of a task is a finding") {
  CHECK(thrown([](Sim& sim) {
          sim.task("t", [&] {
            sim.yield();
            throw std::runtime_error("task");
          });
        }) == "crash toy: exception: task");
}

TEST_CASE("world: an exception of a driven machine is a finding") {
  CHECK(thrown([](Sim& sim) {
          sim.drive("t", [n = 0]() mutable -> IOResult<Unit> {
            if (n++ == 0) return IOCompletions::explicit_yield();
            throw std::runtime_error("machine");
          });
        }) == "crash toy: exception: machine");
}

TEST_CASE("world: an exception of a callback is a finding") {
  CHECK(thrown([](Sim& sim) {
          sim.task("t", [&] {
            sim.open("f").sync([](const Completion&) { throw std::runtime_error("callback"); });
          });
        }) == "crash toy: exception: callback");
}

TEST_CASE("world: an exception of a property is a finding") {
  CHECK(thrown([](Sim& sim) {
          sim.always("thrower", [&sim]() -> bool {
            if (sim.now().ns == 0) return true;
            throw std::runtime_error("property");
          });
          sim.task("t", [&] { sim.sleep(Duration(1)); });
        }) == "crash toy: exception: property");
}

TEST_CASE("world: something thrown that is no exception is a finding") {
  CHECK(thrown([](Sim& sim) { sim.task("t", [] { throw 7; }); }) ==
        "crash toy: exception: something that is no std::exception");
}

TEST_CASE("world: an exception that the task catches is its own affair") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      try {
        sim.yield();
        throw std::runtime_error("own");
      } catch (const std::runtime_error&) {
      }
      sim.yield();
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "");
}

// Tasks.

TEST_CASE("world: a finding unwinds suspended tasks once and before the scenario's locals die") {
  int alive = 0;
  int made = 0;
  Toy toy([&](Sim& sim) {
    std::vector<int> local = {1, 2, 3};
    for (std::uint32_t i = 0; i < 20; ++i) {
      sim.task("t", i, [&] {
        const Raii outer(alive, local);
        ++made;
        static_cast<void>(
            sim.await([&]() -> IOResult<Unit> { return sim.io().timer(Duration(1'000'000)); }));
      });
    }
    sim.task("fails", [&] {
      const Raii own(alive, local);
      sim.expect(false, "it");
      sim.yield();
    });
    sim.run();
    local.at(2) = 0;  // nobody may look at it any more
  });
  for (int i = 0; i < 3; ++i) {
    made = 0;
    CHECK(found(toy.run(lazy_plan())) == "invariant");
    CHECK(made == 20);
    CHECK(alive == 0);
  }
}

TEST_CASE("world: a deadlock unwinds too and what a destructor cancels or submits does no harm") {
  int alive = 0;
  Toy toy([&](Sim& sim) {
    std::vector<int> local = {1, 2, 3};
    File& file = sim.open("f");
    CompletionPool pool;
    const Completion never = pool.make();
    struct Cleaner {
      File& file;
      Completion pending;
      ~Cleaner() {
        pending.cancel();
        file.sync();
      }
    };
    for (std::uint32_t i = 0; i < 3; ++i) {
      sim.task("t", i, [&] {
        const Raii raii(alive, local);
        const Cleaner cleaner{file, sim.io().timer(Duration(5))};
        static_cast<void>(sim.wait(never));
      });
    }
    sim.run();
  });
  const std::uint64_t digest = toy.run(lazy_plan()).digest;
  CHECK(found(toy.run(lazy_plan())) == "deadlock");
  CHECK(toy.run(lazy_plan()).digest == digest);
  CHECK(alive == 0);
}

TEST_CASE("world: a thousand tasks run and their fibers are used again") {
  std::uint64_t sum = 0;
  Toy toy([&](Sim& sim) {
    sum = 0;
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 1000; ++i) {
      sim.task("t", i, [&sim, &file, &sum, i] {
        static_cast<void>(sim.wait(file.sync()));
        sum += i;
      });
    }
    sim.run();
  });
  for (int i = 0; i < 3; ++i) {
    const RunResult result = toy.run(lazy_plan());
    CHECK(found(result) == "");
    CHECK(sum == 499'500);
    CHECK(result.stats.ios == 1000);
    CHECK(result.stats.entries == 2000);
  }
}

TEST_CASE("world: tasks that make tasks run them too") {
  int ran = 0;
  const auto body = [&](Sim& sim) {
    ran = 0;
    std::function<void(std::uint32_t)> more = [&](std::uint32_t n) {
      ++ran;
      if (n < 20) sim.task("t", n + 1, [&, n] { more(n + 1); });
      sim.yield();
    };
    sim.task("t", 0, [&] { more(0); });
    sim.task("other", [&] { sim.yield(); });
    sim.run();
  };
  Toy toy(body);
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(ran == 21);
  CHECK(found(toy.run(sync_plan({{"world#1/serial", 1}}))) == "");
  CHECK(ran == 21);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    REQUIRE(found(toy.run(*random_of(seed))) == "");
    REQUIRE(ran == 21);
  }
}

TEST_CASE("world: in a serial run a task starts when the one before has ended") {
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    for (const char* const name : {"a", "b", "c"}) {
      sim.task(name, [&sim, &order, name] {
        for (int i = 0; i < 3; ++i) {
          order += name;
          static_cast<void>(sim.wait(sim.open("f").sync()));
        }
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"world#1/serial", 1}}))) == "");
  CHECK(order == "aaabbbccc");
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(order == "abcabcabc");
}

TEST_CASE("world: in a serial run a task that waits for a later one lets it start") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion baton = pool.make();
    sim.task("waiter", [&] { static_cast<void>(sim.wait(baton)); });
    sim.task("sleeper", [&] { sim.sleep(Duration(10)); });
    sim.task("waker", [&] { baton.finish(0); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"world#1/serial", 1}}))) == "");
}

TEST_CASE("world: in a serial run no fault is taken") {
  IOError error = IOError::none;
  Toy toy([&](Sim& sim) {
    Faults faults;
    faults.errors = true;
    sim.survives(faults);
    File& file = sim.open("f");
    sim.task("t", [&] { error = sim.wait(file.pwrite(0, buffer_of("a"))); });
    sim.task("u", [] {});
    sim.run();
  });
  toy.run(lazy_plan({{"t/write(f)#1/error", 1}}));
  CHECK(error == IOError::io);
  toy.run(lazy_plan({{"t/write(f)#1/error", 1}, {"world#1/serial", 1}}));
  CHECK(error == IOError::none);
}

TEST_CASE("world: a task is woken by another that finishes what it waits for") {
  std::vector<std::string> order;
  Toy toy([&](Sim& sim) {
    order.clear();
    CompletionPool pool;
    std::vector<Completion> batons = {pool.make(), pool.make()};
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("waiter", i, [&, i] {
        static_cast<void>(sim.wait(batons[i]));
        order.push_back("waiter " + std::to_string(i));
      });
    }
    sim.task("waker", [&] {
      sim.yield();
      batons[1].finish(0);
      batons[0].finish(0);
      order.emplace_back("waker");
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "");
  CHECK(order == std::vector<std::string>{"waker", "waiter 1", "waiter 0"});
  CHECK(events_of(result)[4] == "waiter[1]/woken#1/turn");
}
