#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("livelock: spinning on yields with nothing delivered is a livelock") {
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
  CHECK(result.finding->signature == "livelock toy: livelock");
  CHECK(turns == 51);
}

TEST_CASE("livelock: spinning until an I/O is delivered is none") {
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

TEST_CASE("livelock: spinning until a timer fires is none") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      const Completion timer = sim.io().timer(Duration(1'000'000));
      while (!timer.finished()) sim.yield();
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("livelock: tasks that spin on a lock whose holder waits for its I/O are sound") {
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

TEST_CASE("livelock: I/O that completes at submit counts") {
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

TEST_CASE("livelock: states that come back are a livelock before the bound of turns") {
  const RunResult result = give_way(true);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature.starts_with("livelock toy: livelock"));
  CHECK(result.finding->message ==
        "after explicit yields, the same state came back 256 times, and no I/O was delivered");
  CHECK(result.stats.events < 1000);
  const RunResult unknown = give_way(false);
  REQUIRE(unknown.finding.has_value());
  CHECK(unknown.finding->signature == result.finding->signature);
  CHECK(unknown.stats.events > 10'000);
}

TEST_CASE("livelock: states that are new are no livelock until they come back") {
  const RunResult result = give_way(true, 2000);
  REQUIRE(result.finding.has_value());
  CHECK(result.stats.events > 2000);
  CHECK(result.stats.events < 3000);
}

TEST_CASE("livelock: a task that has not had its turn may still bring news") {
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
