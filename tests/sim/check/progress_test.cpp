#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("progress: a task that waits for what nobody finishes is a deadlock") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    sim.task("t", [&] { static_cast<void>(sim.wait(never)); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "progress");
  CHECK(result.finding->signature == "progress toy: deadlock");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"`t` waits (entry 1), for a completion that no task has made",
                                 "nothing in flight can finish what `t` waits for"});
}

TEST_CASE("progress: the place where a deadlocked machine waits is part of the signature") {
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
  CHECK(result.finding->signature == "progress toy: deadlock at run/inner()");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("progress: a lost wake is a deadlock and names who waits") {
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
  CHECK(result.finding->signature == "progress toy: deadlock");
  CHECK(result.finding->evidence.size() == 2);
  CHECK(result.finding->evidence[0].find("`waiter`") != std::string::npos);
}

TEST_CASE("progress: tasks that wait for each other in a good order are no deadlock") {
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

TEST_CASE("progress: spinning on yields with nothing delivered is a livelock") {
  std::uint64_t turns = 0;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (;; ++turns) sim.yield();
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 50;
  const RunResult result = toy.run(lazy_plan(), options);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: livelock");
  CHECK(turns == 51);
}

TEST_CASE("progress: spinning until an I/O is delivered is none") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 40; ++i) {
        const Completion sync = file.sync();
        while (!sync.finished()) sim.yield();
      }
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 3;
  CHECK(found(toy.run(lazy_plan(), options)) == "");
}

TEST_CASE("progress: spinning until a timer fires is none") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      const Completion timer = sim.io().timer(Duration(1'000'000));
      while (!timer.finished()) sim.yield();
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("progress: a run that does not end is stopped") {
  std::uint64_t delivered = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (;; ++delivered) static_cast<void>(sim.wait(file.sync()));
    });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  const RunResult result = toy.run(lazy_plan(), options);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: endless");
  CHECK(result.stats.events == 1001);
}

TEST_CASE("progress: where it is off an endless run ends all the same and without a finding") {
  bool finally_asked = false;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      for (;;) sim.yield();
    });
    sim.finally("asked at quiescence only", [&] { return finally_asked = true; });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  options.checks.off = {"progress"};
  const RunResult result = toy.run(lazy_plan(), options);
  CHECK(!result.finding.has_value());
  CHECK(result.stats.events == 1001);
  CHECK(!finally_asked);
}

TEST_CASE("progress: callbacks that submit for ever are stopped too") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    std::function<void()> more = [&] { file.sync([&](const Completion&) { more(); }); };
    sim.task("t", [&] { more(); });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  CHECK(found(toy.run(lazy_plan(), options)) == "progress");
}

TEST_CASE("progress: it counts anew in each run") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      for (int i = 0; i < 30; ++i) sim.yield();
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 40;
  options.events_max = 40;
  for (int i = 0; i < 5; ++i) CHECK(found(toy.run(lazy_plan(), options)) == "");
}

TEST_CASE("progress: tasks that spin on a lock whose holder waits for its I/O are sound") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    bool locked = false;
    for (std::uint32_t i = 0; i < 4; ++i) {
      sim.task("client", i, [&] {
        while (locked) sim.yield();
        locked = true;
        static_cast<void>(sim.wait(file.sync()));
        locked = false;
      });
    }
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 100;  // long I/O is seldom
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CHECK(found(toy.run(*random_of(seed, "default", {RandomOrder::latencies, true}), options)) ==
          "");
  }
  // An order that holds the I/O back until something that never comes is given up.
  CHECK(found(toy.run(lazy_plan({}, {"gone#1/turn", "client[0]/sync(f)#1/delivery"}))) == "");
}

TEST_CASE("progress: I/O that completes at submit counts") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 300; ++i) {
        static_cast<void>(sim.wait(file.sync()));
        sim.yield();
      }
    });
    sim.run();
  });
  RunOptions options;
  options.entries_without_delivery_max = 100;
  CHECK(found(toy.run(sync_plan(), options)) == "");
}

// --- Livelock by states that come back ---

namespace {

struct Sides {
  bool wanted[2] = {true, true};
  int left = 0;

  void describe(Archive& archive) const {
    archive("wanted", wanted[0]);
    archive("left", left);
  }
};

// Two that give way to each other; `describes` their state, or only observes another.
RunResult give_way(bool describes, int news = 0) {
  Toy toy([=](Sim& sim) {
    Sides sides;
    bool& left_is_wanted = sides.wanted[0];
    if (describes) {
      sim.idle("sides", sides);
    } else {
      sim.observe("left is wanted", left_is_wanted);
    }
    for (std::uint32_t side = 0; side < 2; ++side) {
      sim.task("side", side, [&, side] {
        static_cast<void>(sim.await([&, side]() -> IOResult<Unit> {
          if (sides.left < news) ++sides.left;
          if (sides.wanted[1 - side]) IO_YIELD_ONE(Completion::yield());
          return Unit{};
        }));
      });
    }
    sim.run();
  });
  return toy.run(lazy_plan());
}

}  // namespace

TEST_CASE("progress: states that come back are a livelock before the bound of turns") {
  const RunResult result = give_way(true);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature.starts_with("progress toy: livelock"));
  CHECK(result.finding->message ==
        "after explicit yields, the same state came back 256 times, and no I/O was delivered");
  CHECK(result.stats.events < 1000);
  const RunResult unknown = give_way(false);
  REQUIRE(unknown.finding.has_value());
  CHECK(unknown.finding->signature == result.finding->signature);
  CHECK(unknown.stats.events > 10'000);
}

TEST_CASE("progress: states that are new are no livelock until they come back") {
  const RunResult result = give_way(true, 2000);
  REQUIRE(result.finding.has_value());
  CHECK(result.stats.events > 2000);
  CHECK(result.stats.events < 3000);
}

TEST_CASE("progress: a task that has not had its turn may still bring news") {
  // 3,000 turns of one side come before the first of the other.
  bool come = false;
  Toy toy([&](Sim& sim) {
    come = false;
    sim.observe("come", come);
    sim.task("waits", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!come) IO_YIELD_ONE(Completion::yield());
        return Unit{};
      }));
    });
    sim.task("comes", [&] {
      sim.yield();
      come = true;
    });
    sim.run();
  });
  std::vector<std::string> order = {"comes#1/turn", "waits#1/turn"};
  for (int i = 1; i <= 3000; ++i) {
    order.push_back("waits/operator()/Completion::yield()#" + std::to_string(i) + "/turn");
  }
  order.push_back("comes/wait#1/turn");
  const RunResult result = toy.run(lazy_plan({}, order));
  CHECK(found(result) == "");
  CHECK(result.stats.events == 3004);
  CHECK(toy.missed().none());
}

// --- Starvation ---

namespace {

// One waits for a turn that others always take first: it is woken, or looks again and again.
RunResult starve(int rounds, std::uint32_t entries_max = 0, bool is_woken = true) {
  Toy toy([=](Sim& sim) {
    if (entries_max != 0) sim.entries_per_operation_max(entries_max);
    bool free = false;
    WakeList wakes{"turns"};
    WakeList::Place place{wakes};
    sim.task("starved", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!is_woken && !free) IO_YIELD_ONE(Completion::yield());
        RETURN_IF_IO(place.until([&] { return free; }));
        return Unit{};
      }));
    });
    sim.task("greedy", [&] {
      for (int i = 0; i < rounds; ++i) {
        wakes.wake_all();
        sim.yield();
      }
      free = true;
      wakes.wake_all();
    });
    sim.run();
  });
  return toy.run(lazy_plan());
}

}  // namespace

TEST_CASE("progress: an operation that others always overtake is starved") {
  const RunResult result = starve(3000);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature ==
        "progress toy: starved at operator()/place.until([&] { return free; })");
  CHECK(result.finding->message ==
        "an operation has been entered 1002 times and has not ended, while others have ended 1000 "
        "operations");
  REQUIRE(result.finding->evidence.size() == 1);
  CHECK(result.finding->evidence[0].starts_with(
      "`starved` waits in `operator()` at `place.until([&] { return free; })` (entry 1002)"));
}

// With the watch it is told, if nothing changes.
TEST_CASE("progress: who lets others go first again and again may be computing something") {
  CHECK(found(starve(3000, 0, false)) == "");
}

TEST_CASE("progress: a long operation is not starved before its bound") {
  CHECK(found(starve(990)) == "");
  CHECK(found(starve(3000, 20'000)) == "");
}

// --- Spinning ---

namespace {

enum class Spin : std::uint8_t { idly, submits, stores };

// One asks again and again for a flag that another sets after `syncs` syncs. Each takes so long
// that it is asked a hundred times meanwhile: which counts once.
RunResult spins(Spin how, int syncs) {
  Toy toy([=](Sim& sim) {
    File& file = sim.open("f");
    bool ready = false;
    Tracked<int> asked{"asked"};
    sim.entries_per_operation_max(100'000);
    sim.task("asks", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (ready) return Unit{};
        if (how == Spin::submits) static_cast<void>(file.sync());
        if (how == Spin::stores) asked += 1;
        IO_YIELD_ONE(Completion::yield());
      }));
    });
    sim.task("works", [&] {
      for (int i = 0; i < syncs; ++i) static_cast<void>(sim.wait(file.sync()));
      ready = true;
    });
    sim.run();
  });
  std::vector<std::string> order = {"asks#1/turn", "works#1/turn"};
  int turns = 0;
  for (int i = 1; i <= syncs; ++i) {
    for (int n = 0; n < 100; ++n) {
      order.push_back("asks/operator()/Completion::yield()#" + std::to_string(++turns) + "/turn");
    }
    order.push_back("works/sync(f)#" + std::to_string(i) + "/delivery");
    order.push_back("works/sync(f)#" + std::to_string(i) + "/turn");
  }
  RunOptions options;
  options.checks.off = {"double-mutation", "double-submit"};
  options.spins_max = 17;
  return toy.run(lazy_plan({}, order), options);
}

}  // namespace

TEST_CASE("progress: an operation that spins while others do their I/O is told to wait") {
  const RunResult result = spins(Spin::idly, 20);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "progress toy: spins at operator()/Completion::yield()");
  CHECK(result.finding->message ==
        "an operation has answered 18 explicit yields in a row, while I/O was delivered that it "
        "might have waited for");
  CHECK(result.finding->help.starts_with("spins on explicit yields: wait on a completion instead"));
}

TEST_CASE("progress: an operation that spins for a while or does something is sound") {
  CHECK(found(spins(Spin::idly, 9)) == "");
  CHECK(found(spins(Spin::submits, 20)) == "");
  CHECK(found(spins(Spin::stores, 20)) == "");
}
