#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Writes, counts, waits: the re-entry after the second yield runs the first call again.
struct Rerun {
  explicit Rerun(File& its_file) : file(its_file) {}

  File& file;
  int count = 0;
  int state = 0;
  bool sound = false;

  IOResult<int> call() { return 1; }
  IOResult<int> run() {
    if (!sound || state == 0) {
      const int one = RETURN_IF_IO(call());
      count += one;
      state = 1;
    }
    const int two = RETURN_IF_IO(call());
    state = 0;
    return count + two;
  }
};

Toy one_task(bool sound, bool compare_results = true) {
  return Toy([=](Sim& sim) {
    Rerun machine(sim.open("f"));
    machine.sound = sound;
    if (!compare_results) sim.results_depend_on_timing();
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  });
}

const Plan second_yield = sync_plan({{"t/run/call()#2/yield", 1}});

}  // namespace

TEST_CASE("schedule-equivalence: a call that runs again after a later yield is found") {
  Toy toy = one_task(false);
  const RunResult result = toy.check(second_yield);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "schedule-equivalence");
  CHECK(result.finding->signature == "schedule-equivalence toy: the results of `t`");
}

TEST_CASE("schedule-equivalence: the machine that remembers its state is sound") {
  Toy toy = one_task(true);
  CHECK(found(toy.check(second_yield)) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("schedule-equivalence: results are left out if they depend on timing") {
  Toy toy = one_task(false, false);
  CHECK(found(toy.check(second_yield)) == "");
}

TEST_CASE("schedule-equivalence: one run alone is not compared") {
  Toy toy = one_task(false);
  CHECK(found(toy.run(second_yield)) == "");
}

TEST_CASE("schedule-equivalence: it can be turned off") {
  Toy toy = one_task(false);
  RunOptions off;
  off.checks.off = {"schedule-equivalence"};
  CHECK(found(toy.check(second_yield, off)) == "");
}

TEST_CASE("schedule-equivalence: observed state is compared and named") {
  Toy toy([](Sim& sim) {
    Rerun machine(sim.open("f"));
    sim.results_depend_on_timing();
    sim.observe("the count", machine.count);
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  });
  const RunResult result = toy.check(second_yield);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "schedule-equivalence toy: `the count`");
}

TEST_CASE("schedule-equivalence: the disk is compared") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    int entries = 0;
    Completion pending;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        ++entries;
        if (!pending) pending = file.pwrite(0, buffer_of("a"));
        if (!pending.finished()) IO_YIELD_ONE(pending);
        if (entries > 1) file.pwrite(0, buffer_of("b"));
        return Unit{};
      }));
    });
    sim.run();
  });
  const RunResult result = toy.check(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "schedule-equivalence toy: the disk");
}

TEST_CASE("schedule-equivalence: two tasks at once are not compared") {
  const auto body = [](Sim& sim) {
    int shared = 0;
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&] {
        static_cast<void>(sim.wait(file.sync()));
        static_cast<void>(sim.await([&]() -> IOResult<int> { return ++shared; }));
      });
    }
    sim.run();
  };
  Toy toy(body);
  // The reference runs t[0] first; here t[1] overtakes it.
  const Plan race =
      lazy_plan({}, {"t[1]/sync(f)#1/delivery", "t[1]/sync(f)#1/turn", "t[0]/sync(f)#1/delivery"});
  const RunResult result = toy.check(race);
  CHECK(found(result) == "");
  CHECK_FALSE(result.comparable);
  CHECK(toy.missed().none());
}

TEST_CASE("schedule-equivalence: tasks that run one after the other are compared") {
  Toy toy([](Sim& sim) {
    Rerun machine(sim.open("f"));
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    }
    sim.run();
  });
  CHECK(found(toy.check(sync_plan({{"t[1]/run/call()#2/yield", 1}}))) == "");
  const RunResult result =
      toy.check(sync_plan({{"t[1]/run/call()#2/yield", 1}, {"world#1/serial", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "schedule-equivalence toy: the results of `t[1]`");
}

TEST_CASE("schedule-equivalence: a serial run in which tasks overlapped is not compared") {
  Toy toy([](Sim& sim) {
    int set = 0;
    File& file = sim.open("f");
    sim.task("sleeper", [&] {
      sim.sleep(Duration(10));
      static_cast<void>(sim.await([&]() -> IOResult<int> { return set; }));
    });
    sim.task("writer", [&] {
      static_cast<void>(sim.wait(file.sync()));
      set = 1;
    });
    sim.run();
  });
  const Plan plan =
      lazy_plan({{"world#1/serial", 1}},
                {"sleeper/timer#1/fire", "sleeper/timer#1/turn", "writer/sync(f)#1/delivery"});
  const RunResult result = toy.check(plan);
  CHECK(toy.missed().none());
  CHECK(found(result) == "");
  CHECK_FALSE(result.comparable);
}

TEST_CASE("schedule-equivalence: a run in which a timeout came before its I/O is not compared") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    Completion read, timeout;
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(8);
      const auto outcome = sim.await([&]() -> IOResult<int> {
        if (!read) {
          read = file.pread(0, buffer);
          timeout = sim.io().timer(Duration(5));
        }
        if (read.finished()) return 1;
        if (timeout.finished()) return 2;
        return timeout;
      });
      static_cast<void>(outcome);
    });
    sim.run();
  });
  const Plan timeout_first = lazy_plan({}, {"t/timer#1/fire", "t/read(f)#1/delivery"});
  const RunResult late = toy.check(timeout_first);
  CHECK(!late.finding.has_value());
  CHECK(!late.comparable);
  CHECK(toy.check(lazy_plan()).comparable);
}

TEST_CASE("schedule-equivalence: a run with a fault is not compared") {
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.errors = true;
    sim.survives(faults);
    File& file = sim.open("f");
    sim.task("t", [&] {
      const IOError error = sim.wait(file.pwrite(0, buffer_of("a")));
      static_cast<void>(sim.await([&]() -> IOResult<int> { return static_cast<int>(error); }));
    });
    sim.run();
  });
  CHECK(toy.check(lazy_plan()).comparable);
  const RunResult result = toy.check(lazy_plan({{"t/write(f)#1/error", 1}}));
  CHECK(found(result) == "");
  CHECK_FALSE(result.comparable);
}

TEST_CASE("schedule-equivalence: the reference makes the same workload choices") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 3; ++i) {
        const std::uint32_t chosen = sim.choose("n", 10);
        static_cast<void>(sim.await([&]() -> IOResult<int> { return static_cast<int>(chosen); }));
      }
    });
    sim.run();
  });
  CHECK(found(toy.check(lazy_plan({{"t/n#2/workload", 7}}))) == "");
  CHECK(found(toy.check(lazy_plan({{"t/n#2/workload", 3}}))) == "");
  CHECK(found(toy.check(lazy_plan())) == "");
  CHECK(found(toy.check(lazy_plan({{"t/n#3/workload", 7}, {"t/n#1/workload", 9}}))) == "");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    REQUIRE(found(toy.check(*random_of(seed))) == "");
  }
}

TEST_CASE("schedule-equivalence: the reference takes the same options") {
  Toy toy([](Sim& sim) {
    const std::int64_t size = sim.option("size", 1);
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<int> { return static_cast<int>(size); }));
    });
    sim.run();
  });
  for (const std::int64_t size : {1, 2, 3, 2}) {
    RunOptions options;
    options.options["size"] = size;
    CHECK(found(toy.check(lazy_plan(), options)) == "");
  }
}

namespace {

void answers_one(Sim& sim) {
  sim.task("t", [&] { static_cast<void>(sim.await([]() -> IOResult<int> { return 1; })); });
  sim.run();
}
void answers_two(Sim& sim) {
  sim.task("t", [&] { static_cast<void>(sim.await([]() -> IOResult<int> { return 2; })); });
  sim.run();
}

}  // namespace

TEST_CASE("schedule-equivalence: a scenario at the address of another has a reference of its own") {
  Runner runner;
  Scenario scenario{"one", &answers_one, "", false};
  const auto strategy = make_calm_strategy(Base::lazy);
  CHECK(found(runner.run_checked(scenario, *strategy, {})) == "");
  scenario = {"two", &answers_two, "", false};
  CHECK(found(runner.run_checked(scenario, *strategy, {})) == "");
  scenario = {"two", &answers_one, "", false};
  CHECK(found(runner.run_checked(scenario, *strategy, {})) == "");
}

TEST_CASE("schedule-equivalence: members of what is observed are compared by name") {
  struct Counts {
    int calls = 0;
    int sound = 0;
    int done = 0;
    void describe(Archive& archive) const {
      archive("calls", calls);
      archive("sound", sound);
      archive("done", done);
    }
  };
  Toy toy([](Sim& sim) {
    Counts counts;
    const auto call = []() -> IOResult<int> { return 1; };
    const auto run = [&]() -> IOResult<Unit> {
      counts.calls += RETURN_IF_IO(call());
      counts.done += counts.calls;
      RETURN_IF_IO(call());
      return Unit{};
    };
    sim.observe("counts", counts);
    sim.results_depend_on_timing();
    sim.task("t", [&] { static_cast<void>(sim.await(run)); });
    sim.run();
  });
  const RunResult result = toy.check(sync_plan({{"t/operator()/call()#2/yield", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "schedule-equivalence toy: `counts.calls`");
  CHECK(result.finding->evidence.front() == "so did `counts.done`");
}

TEST_CASE(
    "schedule-equivalence: a run whose timer fired before what could happen is not compared") {
  Toy toy([](Sim& sim) {
    Completion timer;
    int yields = 0;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!timer) timer = sim.io().timer(Duration(1000));
        if (timer.finished()) return IOError::timed_out;
        if (yields++ < 80) IO_YIELD_ONE(Completion::yield());
        timer.cancel();
        return Unit{};
      }));
    });
    sim.run();
  });
  const RunResult result = toy.check(lazy_plan());  // as in the sync world, after 64 turns
  CHECK(found(result) == "");
  CHECK_FALSE(result.comparable);
}
