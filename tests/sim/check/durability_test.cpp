#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Values = std::map<int, int>;

/// A store that is only a map: what a recovery finds in it is up to the test.
struct Shelf {
  std::function<void(Sim&, Durable<int, int>&)> client;
  Values found;
  Toy toy{[this](Sim& sim) {
    sim.recovers([] {});
    Durable<int, int> kept(sim, "the store", [this](int key) -> std::optional<int> {
      const auto at = found.find(key);
      return at == found.end() ? std::nullopt : std::optional(at->second);
    });
    sim.task("t", [&] { client(sim, kept); });
    sim.run();
  }};

  /// The message of the check's finding if that is what is found at the end; or "".
  std::string after(Values values) {
    found = std::move(values);
    const RunResult result = toy.run(lazy_plan({{"end#1/crash", 1}}));
    if (!result.finding) return "";
    CHECK(result.finding->check == "durability");
    return result.finding->message;
  }
};

Outcome<Unit> done() { return Outcome<Unit>(Unit{}); }
Outcome<Unit> failed() { return Outcome<Unit>::failed(IOError::io); }

}  // namespace

TEST_CASE("durability: what was acknowledged must be there") {
  Shelf store;
  store.client = [](Sim&, auto& kept) { static_cast<void>(kept.put(1, 10, done)); };
  CHECK(store.after({{1, 10}}).empty());
  CHECK(store.after({}) ==
        "after a power loss `1` in the store is nothing, although 10 was acknowledged");
  CHECK(store.after({{1, 11}}) ==
        "after a power loss `1` in the store is 11, which it was never set to");
}

TEST_CASE("durability: what has failed may be there or not") {
  Shelf store;
  store.client = [](Sim&, auto& kept) {
    static_cast<void>(kept.put(1, 10, done));
    static_cast<void>(kept.put(1, 20, failed));
  };
  CHECK(store.after({{1, 10}}).empty());
  CHECK(store.after({{1, 20}}).empty());
  CHECK_FALSE(store.after({}).empty());
}

TEST_CASE("durability: what was overwritten by an acknowledged change cannot come back") {
  Shelf store;
  store.client = [](Sim&, auto& kept) {
    static_cast<void>(kept.put(1, 10, failed));
    static_cast<void>(kept.put(1, 20, done));
    static_cast<void>(kept.erase(2, done));
  };
  CHECK(store.after({{1, 20}}).empty());
  CHECK_FALSE(store.after({{1, 10}}).empty());
  CHECK_FALSE(store.after({{1, 20}, {2, 5}}).empty());
}

TEST_CASE("durability: of changes that overlap either may be the last") {
  Shelf store;
  store.client = [](Sim&, auto& kept) {
    static_cast<void>(kept.put(1, 10, [&] {
      static_cast<void>(kept.put(1, 20, done));
      return done();
    }));
  };
  CHECK(store.after({{1, 10}}).empty());
  CHECK(store.after({{1, 20}}).empty());
  CHECK_FALSE(store.after({}).empty());
}

TEST_CASE("durability: a change is there as a whole or not at all") {
  Shelf store;
  store.client = [](Sim&, auto& kept) {
    static_cast<void>(kept.commit({{1, 10}, {2, 11}}, done));
    static_cast<void>(kept.commit({{1, 20}, {2, 21}}, failed));
  };
  CHECK(store.after({{1, 10}, {2, 11}}).empty());
  CHECK(store.after({{1, 20}, {2, 21}}).empty());
  CHECK(store.after({{1, 20}, {2, 11}}) ==
        "after a power loss half of a change of the store is there: `1` is new, `2` is not");
}

TEST_CASE("durability: a value that another change may have given is no half of a change") {
  Shelf store;
  store.client = [](Sim&, auto& kept) {
    static_cast<void>(kept.commit({{1, 20}, {2, 21}}, failed));
    static_cast<void>(kept.put(1, 20, failed));
  };
  CHECK(store.after({{1, 20}}).empty());
}

TEST_CASE("durability: what a recovery has shown cannot be lost by the next power loss") {
  int recoveries = 0;
  Toy toy([&](Sim& sim) {
    recoveries = 0;
    sim.recovers([&] { ++recoveries; });
    Durable<int, int> kept(sim, "the store", [&](int) -> std::optional<int> {
      return recoveries == 1 ? std::optional(10) : std::nullopt;
    });
    sim.task("t", [&] { static_cast<void>(kept.put(1, 10, failed)); });
    sim.run();
  });
  CHECK_FALSE(toy.run(lazy_plan({{"end#1/crash", 1}})).finding);
  const RunResult result = toy.run(lazy_plan({{"end#1/crash", 1}, {"end#2/crash", 1}}));
  REQUIRE(result.finding);
  CHECK(result.finding->message ==
        "after a power loss `1` in the store is nothing, although 10 was there after the recovery "
        "before");
}

TEST_CASE("durability: a finding says what was lost and why") {
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.recovers([] {});
    Durable<int, int> kept(sim, "the store", [&](int) -> std::optional<int> {
      return sim.read_file("f").empty() ? std::nullopt : std::optional(1);
    });
    sim.task("t", [&] {
      static_cast<void>(kept.put(1, 1, [&] {
        const Completion written = file.pwrite(0, Buffer::allocate(8));
        const Completion synced = file.sync();
        static_cast<void>(sim.wait(synced));
        static_cast<void>(sim.wait(written));
        return done();
      }));
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"end#1/crash", 1}}));
  REQUIRE(result.finding);
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"`t/write(f)#1`: 8 bytes at offset 0, did not survive: "
                                 "`t/sync(f)#1` was submitted before it had finished, and does not "
                                 "cover it"});
}

TEST_CASE("durability: what another computer still asks for may be done after a fall") {
  for (const bool loses : {false, true}) {
    Values there;
    Toy toy{[&](Sim& sim) {
      Sim::Node server = sim.node("server");
      server.recovers([] {});
      Durable<int, int> kept(server, "the store", [&](int key) -> std::optional<int> {
        const auto at = there.find(key);
        return at == there.end() ? std::nullopt : std::optional(at->second);
      });
      const auto start_again = [&] {
        server.kill();
        server.restart();
        sim.sleep(std::chrono::milliseconds(1));
      };
      sim.node("client").task("t", [&] {
        static_cast<void>(kept.put(1, 10, [&] {
          start_again();  // and the server has not heard of it
          there = {{1, 10}};
          start_again();
          return done();
        }));
        if (loses) there.clear();
        start_again();
      });
      sim.run();
    }};
    const RunResult result = toy.run(lazy_plan());
    CHECK(result.finding.has_value() == loses);
    if (!loses || !result.finding) continue;
    CHECK(result.finding->message ==
          "after a kill of node server, `1` in the store is nothing, although 10 was acknowledged");
  }
}
