#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/campaign/crash_explorer.h>
#include <reprise/replay/campaign/survival_plans.h>

#include <doctest/doctest.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include "tests/support/toy.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

constexpr std::uint64_t sector = 512;

/// A file of six sectors, written without a sync; the recovery reads those that are asked for.
struct SixSectors {
  std::vector<std::uint64_t> read;
  std::set<std::string> seen;  // what recoveries have read, '.' or 'x' a sector
  std::uint64_t recoveries = 0;
  Toy toy{[this](Sim& sim) {
    sim.write_file("f", std::string(6 * sector, '.'));
    File& file = sim.open("f");
    sim.recovers([&] {
      ++recoveries;
      std::string text;
      for (const std::uint64_t at : read) {
        const Buffer buffer = Buffer::allocate(sector);
        static_cast<void>(sim.wait(sim.open("f").pread(at * sector, buffer)));
        text += static_cast<char>(buffer.bytes()[0]);
      }
      seen.insert(text);
    });
    sim.task("t", [&] {
      for (std::uint64_t at = 0; at < 6; ++at) {
        const Buffer buffer = Buffer::allocate(sector);
        for (std::byte& byte : buffer.bytes()) byte = std::byte{'x'};
        static_cast<void>(sim.wait(file.pwrite(at * sector, buffer)));
      }
    });
    sim.run();
  }};

  CrashCounts explore(const CrashLimits& limits) {
    seen.clear();
    recoveries = 0;
    CrashMemory memory;
    CrashExplorer explorer(sync_plan({{"end#1/crash", 1}}), limits, memory);
    RunOptions options;
    options.branches = &explorer;
    toy.log(false);
    CHECK_FALSE(toy.run(explorer, options).finding);
    return explorer.counts();
  }
};

}  // namespace

TEST_CASE("crash explorer: it recovers from every state") {
  SixSectors disk;
  disk.read = {0, 1, 2, 3, 4, 5};
  const CrashCounts counts = disk.explore({.nested_max = 0});
  CHECK(counts == CrashCounts{1, 64, 0, 0, 0});
  CHECK(disk.seen.size() == 64);
}

TEST_CASE("crash explorer: states that the recovery cannot tell apart are represented by one") {
  SixSectors disk;
  disk.read = {1, 4};
  const CrashCounts counts = disk.explore({.nested_max = 0});
  CHECK(counts.explored == 4);
  CHECK(counts.represented == 60);
  const std::set<std::string> pruned = disk.seen;
  CHECK(disk.explore({.nested_max = 0, .prunes = false}).explored == 64);
  CHECK(disk.seen == pruned);
}

TEST_CASE("crash explorer: what a bound leaves out is counted") {
  SixSectors disk;
  disk.read = {0, 1, 2, 3, 4, 5};
  const CrashCounts counts = disk.explore({.states_max = 20, .nested_max = 0});
  CHECK(counts.explored == 20);
  CHECK(counts.left_out == 44);
}

TEST_CASE("crash explorer: recoveries are cut off at each of their events and once more") {
  SixSectors disk;
  disk.read = {0};
  const CrashCounts counts = disk.explore({});
  CHECK(counts.nested > 4);
  CHECK(disk.recoveries > counts.explored + 2 * counts.nested - counts.nested);
}

TEST_CASE("crash explorer: one sector is torn at most") {
  Toy toy([](Sim& sim) {
    sim.write_file("f", std::string(3 * sector, '.'));
    File& file = sim.open("f");
    sim.recovers([&] {
      const std::string bytes = sim.read_file("f");
      int torn = 0;
      for (std::size_t at = 0; at < bytes.size(); at += sector) {
        const std::string text = bytes.substr(at, sector);
        torn += text == std::string(sector, '.') || text == std::string(sector, 'x') ? 0 : 1;
      }
      sim.expect(torn <= 1, "one sector was being written");
    });
    sim.task("t", [&] {
      for (std::uint64_t at = 0; at < 3; ++at) {
        const Buffer buffer = Buffer::allocate(sector);
        for (std::byte& byte : buffer.bytes()) byte = std::byte{'x'};
        static_cast<void>(sim.wait(file.pwrite(at * sector, buffer)));
      }
    });
    sim.run();
  });
  CrashMemory memory;
  CrashExplorer explorer(sync_plan({{"end#1/crash", 1}}), {.prunes = false}, memory);
  RunOptions options;
  options.branches = &explorer;
  options.options["tears"] = 1;
  toy.log(false);
  CHECK_FALSE(toy.run(explorer, options).finding);
  CHECK(explorer.counts().explored > 8);
}

TEST_CASE("crash explorer: a state with a bad sector is not one without") {
  Toy toy([](Sim& sim) {
    sim.survives({.errors = true});
    sim.write_file("f", std::string(sector, '.'));
    File& file = sim.open("f");
    sim.recovers([&] {
      const Completion read = sim.open("f").pread(0, Buffer::allocate(sector));
      sim.expect(sim.wait(read) == IOError::none, "the sector can be read");
    });
    sim.task("t", [&] { static_cast<void>(sim.wait(file.pwrite(0, Buffer::allocate(sector)))); });
    sim.run();
  });
  toy.log(false);
  CrashMemory memory;
  const auto finds = [&](const std::vector<PlannedDecision>& decisions) {
    CrashExplorer explorer(sync_plan(decisions), {}, memory);
    RunOptions options;
    options.branches = &explorer;
    return toy.run(explorer, options).finding.has_value();
  };
  CHECK_FALSE(finds({{"end#1/crash", 1}}));
  CHECK(finds({{"t/write(f)#1/error", 2}, {"end#1/crash", 1}}));
}

namespace {

/// The findings of a sweep with power losses, and its counts.
std::pair<std::set<std::string>, CrashCounts> swept(const Scenario& scenario, bool prunes) {
  CaseOptions options;
  options.crash_limits.prunes = prunes;
  options.crash_limits.nested_max = 16;
  CaseRunner runner(scenario, options);
  std::set<std::string> findings;
  for (const CaseKind kind : {CaseKind::crashes_sync, CaseKind::crashes_lazy}) {
    for (std::uint64_t i = 0; i < runner.count(kind); ++i) {
      const RunResult result = runner.run({kind, i}, false);
      if (result.finding) findings.insert(result.finding->signature);
    }
  }
  return {findings, runner.crash_counts()};
}

void store(Sim& sim, bool syncs) {
  File* file = &sim.open("f");
  sim.recovers([&] { file = &sim.open("f"); });
  Durable<int, int> kept(sim, "the store", [&](int key) -> std::optional<int> {
    const Buffer buffer = Buffer::allocate(sector);
    const Completion read = file->pread(static_cast<std::uint64_t>(key) * sector, buffer);
    if (sim.wait(read) != IOError::none || read.result() == 0) return std::nullopt;
    const int value = static_cast<int>(buffer.bytes()[0]);
    return value == 0 ? std::nullopt : std::optional(value);
  });
  sim.task("t", [&] {
    for (int i = 1; i <= 3; ++i) {
      static_cast<void>(kept.put(i % 2, i, [&] {
        const Buffer buffer = Buffer::allocate(sector);
        for (std::byte& byte : buffer.bytes()) byte = static_cast<std::byte>(i);
        IOError error = sim.wait(file->pwrite(static_cast<std::uint64_t>(i % 2) * sector, buffer));
        if (error == IOError::none && syncs) error = sim.wait(file->sync());
        return error == IOError::none ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(error);
      }));
    }
  });
  sim.run();
}

void synced_store(Sim& sim) { store(sim, true); }
void unsynced_store(Sim& sim) { store(sim, false); }

}  // namespace

TEST_CASE("crash explorer: with and without pruning a sweep finds the same") {
  for (const bool syncs : {false, true}) {
    CAPTURE(syncs);
    const Scenario scenario{"toy", syncs ? &synced_store : &unsynced_store, ""};
    const auto pruned = swept(scenario, true);
    const auto all = swept(scenario, false);
    CHECK(pruned.first == all.first);
    CHECK(pruned.first.empty() == syncs);
    CHECK(pruned.second.explored < all.second.explored);
    CHECK(pruned.second.explored + pruned.second.represented >= all.second.explored);
  }
}

namespace {

void store_of_a_node(Sim& sim, bool syncs) {
  Sim::Node a = sim.node("a"), b = sim.node("b");
  a.recovers([] {});
  Durable<int, char> kept(a, "the store", [&](int) -> std::optional<char> {
    const std::string text = a.read_file("f");
    return text.empty() || text.front() == 0 ? std::nullopt : std::optional(text.front());
  });
  a.task("t", [&] {
    static_cast<void>(kept.put(1, 'x', [&] {
      const Buffer buffer = Buffer::allocate(3 * sector);
      for (std::byte& byte : buffer.bytes()) byte = static_cast<std::byte>('x');
      File& file = a.open("f");
      IOError error = sim.wait(file.pwrite(0, buffer));
      if (error == IOError::none && syncs) error = sim.wait(file.sync());
      return error == IOError::none ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(error);
    }));
  });
  b.task("t", [&sim] { sim.yield(); });
  sim.run();
}

void synced_store_of_a_node(Sim& sim) { store_of_a_node(sim, true); }
void unsynced_store_of_a_node(Sim& sim) { store_of_a_node(sim, false); }

}  // namespace

TEST_CASE(
    "crash explorer: with several nodes each state is a run of its own and others are counted") {
  const auto sound = swept({"toy", &synced_store_of_a_node, ""}, true);
  CHECK(sound.first.empty());
  CHECK(sound.second.points > 10);
  // All, and each of the ways of the one change: three sectors and the size.
  CHECK(sound.second.explored > sound.second.points + 16);
  CHECK(sound.second.represented == 0);
  CHECK(sound.second.nested == 0);
  const auto broken = swept({"toy", &unsynced_store_of_a_node, ""}, true);
  CHECK(broken.first == std::set<std::string>{"durability toy: the store: lost"});
}

namespace {

/// What the recoveries of two_letters() have found.
std::set<std::string>& letters_seen() {
  static std::set<std::string> seen;
  return seen;
}

void two_letters(Sim& sim) {
  static_cast<void>(sim.node("b"));
  Sim::Node a = sim.node("a");
  for (const char* const path : {"f", "g"}) a.write_file(path, ".");
  a.recovers([a] { letters_seen().insert(a.read_file("f") + a.read_file("g")); });
  a.task("t", [&] {
    const Buffer x = Buffer::allocate(1);
    x.data()[0] = static_cast<std::byte>('x');
    for (const char* const path : {"f", "g"}) {
      const Completion written = a.open(path).pwrite(0, x);
      static_cast<void>(sim.wait(written));
    }
  });
  sim.run();
}

}  // namespace

TEST_CASE("crash explorer: behind the power loss of a node its changes survive one by one") {
  const Scenario scenario{"toy", &two_letters, ""};
  Runner runner;
  const Plan plan = sync_plan({{"a:end#1/crash", 1}});
  const SurvivalPlans survival = survival_plans(runner, scenario, {}, plan, 100);
  CHECK(survival.plans.size() == 3);
  CHECK(survival.states == 4);
  letters_seen().clear();
  for (const Plan& each : survival.plans) {
    CHECK_FALSE(runner.run(scenario, *make_plan_strategy(each), {}).finding);
  }
  CHECK(letters_seen() == std::set<std::string>{"xx", "x.", ".x"});
  CHECK(survival_plans(runner, scenario, {}, plan, 2).plans.size() == 2);
}
