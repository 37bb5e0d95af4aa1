#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("endless-run: a run that does not end is stopped") {
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
  CHECK(result.finding->signature == "endless-run toy: endless");
  CHECK(result.stats.events == 1001);
}

TEST_CASE("endless-run: where it is off an endless run ends all the same and without a finding") {
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
  options.checks.off = {"endless-run", "livelock"};
  const RunResult result = toy.run(lazy_plan(), options);
  CHECK(!result.finding.has_value());
  CHECK(result.stats.events == 1001);
  CHECK(!finally_asked);
}

TEST_CASE("endless-run: callbacks that submit for ever are stopped too") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    std::function<void()> more = [&] { file.sync([&](const Completion&) { more(); }); };
    sim.task("t", [&] { more(); });
    sim.run();
  });
  RunOptions options;
  options.events_max = 1000;
  CHECK(found(toy.run(lazy_plan(), options)) == "endless-run");
}

TEST_CASE("endless-run: it counts anew in each run") {
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

TEST_CASE("endless-run: an operation that spins while others do their I/O is told to wait") {
  const RunResult result = spins(Spin::idly, 20);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "endless-run toy: spins at operator()/Completion::yield()");
  CHECK(result.finding->message ==
        "an operation has answered 18 explicit yields in a row, while I/O was delivered that it "
        "might have waited for");
  CHECK(result.finding->help.starts_with("spins on explicit yields: wait on a completion instead"));
}

TEST_CASE("endless-run: an operation that spins for a while or does something is sound") {
  CHECK(found(spins(Spin::idly, 9)) == "");
  CHECK(found(spins(Spin::submits, 20)) == "");
  CHECK(found(spins(Spin::stores, 20)) == "");
}
