#include "tests/support/event_pool.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Order = std::vector<std::string>;

/// How often each order of three events comes, of `runs` seeds.
std::map<Order, int> orders_of_three(RandomOrder order, int runs) {
  std::map<Order, int> seen;
  const auto strategy = make_random_strategy(built_in_profile("default").value(), {order, true});
  for (int seed = 0; seed < runs; ++seed) {
    strategy->reseed(static_cast<std::uint64_t>(seed));
    EventPool pool(*strategy);
    for (const char* const name : {"a", "b", "c"}) pool.enable(name);
    ++seen[pool.rest()];
  }
  return seen;
}

}  // namespace

TEST_CASE("random strategy: a uniform order of three I/Os takes each permutation equally often") {
  const std::map<Order, int> seen = orders_of_three(RandomOrder::uniform, 6000);
  CHECK(seen.size() == 6);
  for (const auto& [order, count] : seen) {
    CHECK(order.size() == 3);
    CHECK(count > 850);
    CHECK(count < 1150);
  }
}

TEST_CASE("random strategy: latencies give each permutation of three I/Os too") {
  const std::map<Order, int> seen = orders_of_three(RandomOrder::latencies, 6000);
  CHECK(seen.size() == 6);
  for (const auto& [order, count] : seen) CHECK(count > 500);
}

TEST_CASE("random strategy: in a uniform order a timer may come before or after an I/O") {
  const auto strategy = random_of(0);
  std::set<Order> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    strategy->reseed(seed);
    EventPool pool(*strategy);
    pool.arm("timer");
    pool.enable("io");
    seen.insert(pool.rest());
  }
  CHECK(seen == std::set<Order>{{"timer", "io"}, {"io", "timer"}});
}

TEST_CASE("random strategy: with latencies turns go at once and in the order of enabling") {
  const auto strategy = random_of(0, "default", {RandomOrder::latencies, true});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    strategy->reseed(seed);
    EventPool pool(*strategy);
    pool.enable("a", Rank::wake);
    pool.enable("yielded", Rank::yielded);
    pool.enable("b", Rank::wake);
    REQUIRE(pool.rest() == Order{"a", "b", "yielded"});
  }
}

TEST_CASE(
    "random strategy: with latencies a far timer comes after every I/O and a near one may not") {
  const auto strategy = random_of(0, "default", {RandomOrder::latencies, true});
  std::set<std::string> first_with_near_timer;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    strategy->reseed(seed);
    EventPool pool(*strategy);
    pool.enable("io");
    pool.arm("timer", std::uint64_t{1} << 24);
    REQUIRE(pool.next() == "io");
    pool.begin();
    pool.enable("io");
    pool.arm("timer", 4000);
    first_with_near_timer.insert(pool.next());
  }
  CHECK(first_with_near_timer == std::set<std::string>{"io", "timer"});
}

TEST_CASE("random strategy: both bases come up about equally often") {
  const auto strategy = random_of(0);
  int lazy = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    strategy->reseed(seed);
    const EventPool pool(*strategy);
    lazy += strategy->base() == Base::lazy ? 1 : 0;
  }
  CHECK(lazy > 430);
  CHECK(lazy < 570);
}

TEST_CASE("random strategy: a swarm turns each family off in about half the runs") {
  const auto strategy = random_of(0);
  std::map<IdentityKind, int> on;
  constexpr int runs = 1000;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    strategy->reseed(seed);
    const EventPool pool(*strategy);
    for (const DecisionKindRow& row : decision_kinds) {
      on[row.kind] += (strategy->active() & kinds(row.kind)) != 0 ? 1 : 0;
    }
  }
  for (const DecisionKind kind :
       {DecisionKind::flight, DecisionKind::workload, DecisionKind::serial,
        DecisionKind::cancel_answer, DecisionKind::contract}) {
    CHECK(on[kind] == runs);  // these are no faults to leave out
  }
  for (const DecisionKind kind :
       {DecisionKind::early, DecisionKind::yield, DecisionKind::yield_before,
        DecisionKind::spurious, DecisionKind::refusal, DecisionKind::retry, DecisionKind::error,
        DecisionKind::short_io, DecisionKind::cancel, DecisionKind::abandon}) {
    CAPTURE(to_string(kind));
    CHECK(on[kind] > 430);
    CHECK(on[kind] < 570);
  }
}

TEST_CASE("random strategy: without a swarm everything with a rate is on") {
  const auto strategy = random_of(1, "default", {RandomOrder::uniform, false});
  const EventPool pool(*strategy);
  CHECK(strategy->active() == all_kinds);
}

TEST_CASE("random strategy: the calm profile leaves only timing of flights and the workload") {
  const auto strategy = random_of(1, "calm");
  const EventPool pool(*strategy);
  CHECK(strategy->active() == kinds(DecisionKind::flight, DecisionKind::workload));
}

TEST_CASE("random strategy: workload choices are uniform over their whole range") {
  const auto strategy = random_of(5);
  EventPool pool(*strategy);
  std::map<std::uint32_t, int> seen;
  for (int i = 0; i < 5000; ++i) ++seen[pool.choose("n", DecisionKind::workload, 5)];
  CHECK(seen.size() == 5);
  for (const auto& [value, count] : seen) {
    CHECK(count > 880);
    CHECK(count < 1120);
  }
}

TEST_CASE("random strategy: a decision's values are all taken and never out of range") {
  const auto strategy = random_of(5, "chaos", {RandomOrder::uniform, false});
  EventPool pool(*strategy);
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(pool.choose("n", DecisionKind::error, 4));
  CHECK(seen == std::set<std::uint32_t>{0, 1, 2, 3});
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(pool.choose("n", DecisionKind::short_io, 4096) < 4096);
    REQUIRE(pool.choose("n", DecisionKind::short_io, 2) < 2);
  }
}

TEST_CASE("random strategy: rates are kept where no swarm changes them") {
  const auto strategy = random_of(5, "chaos", {RandomOrder::uniform, false});
  EventPool pool(*strategy);
  int failed = 0;
  for (int i = 0; i < 10'000; ++i) failed += pool.choose("n", DecisionKind::error) != 0 ? 1 : 0;
  CHECK(failed > 1850);  // 200 in 1000
  CHECK(failed < 2150);
}

TEST_CASE("random strategy: how often an I/O completes at submit does not depend on the base") {
  std::map<Base, int> at_submit;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto strategy = random_of(seed, "default", {RandomOrder::uniform, false});
    EventPool pool(*strategy);
    if (at_submit.contains(strategy->base())) continue;
    int& count = at_submit[strategy->base()];
    for (int i = 0; i < 10'000; ++i) {
      const bool differs = pool.choose("n", DecisionKind::flight) != 0;
      count += (strategy->base() == Base::sync) != differs ? 1 : 0;
    }
  }
  CHECK(at_submit.size() == 2);
  for (const auto& [base, count] : at_submit) {
    CHECK(count > 2350);  // one in four
    CHECK(count < 2650);
  }
}

TEST_CASE("random strategy: the same seed gives the same decisions and the same order") {
  for (const RandomOrder order : {RandomOrder::uniform, RandomOrder::latencies}) {
    const auto draw = [&](std::uint64_t seed) {
      const auto strategy = random_of(seed, "chaos", {order, true});
      EventPool pool(*strategy);
      std::string drawn;
      for (int i = 0; i < 20; ++i) pool.enable("e" + std::to_string(i));
      for (int i = 0; i < 20; ++i) {
        drawn += std::to_string(pool.choose("n", DecisionKind::short_io, 1000)) + ' ';
        drawn += pool.next() + ' ';
      }
      return drawn;
    };
    CHECK(draw(3) == draw(3));
    CHECK(draw(3) != draw(4));
  }
}

TEST_CASE("random strategy: one more event does not shift the decisions") {
  const auto decisions = [](int events) {
    const auto strategy = random_of(8, "chaos", {RandomOrder::uniform, false});
    EventPool pool(*strategy);
    for (int i = 0; i < events; ++i) pool.enable("e" + std::to_string(i));
    static_cast<void>(pool.rest());
    std::vector<std::uint32_t> values;
    for (int i = 0; i < 100; ++i) values.push_back(pool.choose("n", DecisionKind::short_io, 1000));
    return values;
  };
  CHECK(decisions(0) == decisions(50));
}

TEST_CASE("random strategy: one more decision does not shift the order") {
  for (const RandomOrder order : {RandomOrder::uniform, RandomOrder::latencies}) {
    const auto events = [&](int count) {
      const auto strategy = random_of(8, "chaos", {order, false});
      EventPool pool(*strategy);
      for (int i = 0; i < count; ++i) static_cast<void>(pool.choose("n", DecisionKind::error, 4));
      for (int i = 0; i < 50; ++i) pool.enable("e" + std::to_string(i));
      return pool.rest();
    };
    CHECK(events(0) == events(7));
  }
}

TEST_CASE("random strategy: the order is frozen") {
  const auto strategy = random_of(1);
  EventPool pool(*strategy);
  for (const char* const name : {"a", "b", "c", "d", "e"}) pool.enable(name);
  std::string order;
  for (const std::string& name : pool.rest()) order += name;
  CHECK(order == "edabc");
}
