#include "tests/support/event_pool.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

using Order = std::vector<std::string>;
using Indexes = std::vector<std::size_t>;

TEST_CASE("plan: what is not listed goes in calm order") {
  const auto strategy = make_plan_strategy(lazy_plan());
  EventPool pool(*strategy);
  pool.arm("timer");
  pool.enable("yielded", Rank::yielded);
  pool.enable("b");
  pool.enable("a");
  pool.enable("wake", Rank::wake);
  CHECK(pool.rest() == Order{"wake", "b", "a", "yielded", "timer"});
}

TEST_CASE("plan: a listed event is held back until those before it are done") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"b#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  for (const char* const name : {"a", "x", "b", "y"}) pool.enable(name);
  CHECK(pool.rest() == Order{"x", "b", "a", "y"});
  CHECK(strategy->order_not_reached().empty());
}

TEST_CASE("plan: an event is held back though the one before it is not enabled yet") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"b#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  pool.enable("a");
  pool.enable("x");
  CHECK(pool.next() == "x");
  pool.enable("b");
  CHECK(pool.rest() == Order{"b", "a"});
  CHECK(strategy->order_not_reached().empty());
}

TEST_CASE("plan: a chain of three is kept whatever the order of enabling") {
  const auto strategy =
      make_plan_strategy(lazy_plan({}, {"c#1/delivery", "a#1/delivery", "b#1/delivery"}));
  for (const Order& enabled :
       {Order{"a", "b", "c"}, Order{"b", "a", "c"}, Order{"c", "b", "a"}, Order{"b", "c", "a"}}) {
    EventPool pool(*strategy);
    for (const std::string& name : enabled) pool.enable(name);
    CHECK(pool.rest() == Order{"c", "a", "b"});
  }
}

TEST_CASE("plan: one event alone constrains nothing") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"b#1/delivery"}));
  EventPool pool(*strategy);
  for (const char* const name : {"a", "b", "c"}) pool.enable(name);
  CHECK(pool.rest() == Order{"a", "b", "c"});
}

TEST_CASE("plan: if nothing else can run the head is skipped and counted") {
  const auto strategy =
      make_plan_strategy(lazy_plan({}, {"never#1/delivery", "b#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  for (const char* const name : {"a", "x", "b"}) pool.enable(name);
  CHECK(pool.rest() == Order{"x", "b", "a"});
  CHECK(strategy->order_not_reached() == Indexes{0});
}

TEST_CASE("plan: a skipped event that comes later still happens and stays counted") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"late#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  pool.enable("a");
  CHECK(pool.next() == "a");
  pool.enable("late");
  CHECK(pool.next() == "late");
  CHECK(strategy->order_not_reached() == Indexes{0});
}

TEST_CASE("plan: an event that is never enabled is counted though nothing waited for it") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"a#1/delivery", "never#1/delivery"}));
  EventPool pool(*strategy);
  pool.enable("a");
  CHECK(pool.next() == "a");
  CHECK(strategy->order_not_reached() == Indexes{1});
}

TEST_CASE("plan: a listed timer is held back until those before it are done") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"late#1/delivery", "timer#1/fire"}));
  EventPool pool(*strategy);
  pool.arm("timer");
  pool.enable("a");
  CHECK(pool.next() == "a");
  pool.enable("late");
  CHECK(pool.rest() == Order{"late", "timer"});
}

TEST_CASE("plan: a timer can be listed before an I/O that would come first in calm order") {
  const auto strategy = make_plan_strategy(lazy_plan({}, {"timer#1/fire", "a#1/delivery"}));
  EventPool pool(*strategy);
  pool.arm("timer");
  pool.enable("a");
  CHECK(pool.rest() == Order{"timer", "a"});
  CHECK(strategy->order_not_reached().empty());
}

TEST_CASE("plan: what does not parse is never reached and stops nothing") {
  const auto strategy = make_plan_strategy(
      lazy_plan({{"nonsense", 1}}, {"nonsense", "b#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  pool.enable("a");
  pool.enable("b");
  CHECK(pool.rest() == Order{"b", "a"});
  CHECK(strategy->order_not_reached() == Indexes{0});
  CHECK(strategy->decisions_not_reached() == Indexes{0});
}

TEST_CASE("plan: a decision gets its value and others are calm") {
  const auto strategy = make_plan_strategy(lazy_plan({{"a#1/error", 3}, {"b#1/short", 7}}));
  EventPool pool(*strategy);
  CHECK(pool.choose("a", DecisionKind::error, 4) == 3);
  CHECK(pool.choose("b", DecisionKind::error, 4) == 0);
  CHECK(pool.choose("b", DecisionKind::short_io, 8) == 7);
  CHECK(strategy->decisions_not_reached().empty());
  CHECK(strategy->decisions_out_of_range().empty());
}

TEST_CASE("plan: only the kinds of its decisions are asked for") {
  const auto strategy = make_plan_strategy(lazy_plan({{"a#1/error", 3}, {"b#1/short", 7}}));
  CHECK(strategy->active() == kinds(DecisionKind::error, DecisionKind::short_io));
}

TEST_CASE("plan: a value out of range is calm and is told with the range") {
  const auto strategy = make_plan_strategy(lazy_plan({{"a#1/error", 2}, {"b#1/error", 1}}));
  EventPool pool(*strategy);
  CHECK(pool.choose("a", DecisionKind::error, 2) == 0);
  CHECK(pool.choose("b", DecisionKind::error, 2) == 1);
  CHECK(strategy->decisions_out_of_range() == Indexes{0});
  CHECK(strategy->arity_of(0) == 2);
  CHECK(strategy->decisions_not_reached().empty());
}

TEST_CASE("plan: a decision that is not asked is told") {
  const auto strategy = make_plan_strategy(lazy_plan({{"a#1/error", 1}, {"a#2/error", 1}}));
  EventPool pool(*strategy);
  CHECK(pool.choose("a", DecisionKind::error) == 1);
  CHECK(strategy->decisions_not_reached() == Indexes{1});
}

TEST_CASE("plan: of a decision listed twice the first counts") {
  const auto strategy = make_plan_strategy(lazy_plan({{"a#1/error", 1}, {"a#1/error", 2}}));
  EventPool pool(*strategy);
  CHECK(pool.choose("a", DecisionKind::error, 4) == 1);
}

TEST_CASE("plan: a run begins with nothing reached and nothing held") {
  const auto strategy = make_plan_strategy(
      lazy_plan({{"a#1/error", 1}}, {"never#1/delivery", "b#1/delivery", "a#1/delivery"}));
  EventPool pool(*strategy);
  pool.enable("a");
  pool.enable("b");
  CHECK(pool.rest() == Order{"b", "a"});
  static_cast<void>(pool.choose("a", DecisionKind::error));
  pool.begin();
  CHECK(strategy->decisions_not_reached() == Indexes{0});
  CHECK(strategy->order_not_reached() == Indexes{0, 1, 2});
  pool.enable("a");
  pool.enable("b");
  CHECK(pool.rest() == Order{"b", "a"});
}

TEST_CASE("plan: B before A is the whole order that a race needs") {
  std::byte last{};
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    for (std::uint32_t i = 1; i <= 2; ++i) {
      sim.task("client", i, [&sim, &file, i] {
        const Buffer buffer = Buffer::allocate(1);
        buffer.bytes()[0] = std::byte{static_cast<unsigned char>(i)};
        static_cast<void>(sim.wait(file.pwrite(0, buffer)));
      });
    }
    sim.task("reader", [&] {
      const Buffer result = Buffer::allocate(1);
      sim.sleep(Duration(100));
      static_cast<void>(sim.wait(file.pread(0, result)));
      last = result.bytes()[0];
    });
    sim.run();
  });
  RunOptions options;
  options.checks.off = {"overlap"};  // which is what this race is
  CHECK(found(toy.run(lazy_plan(), options)) == "");
  CHECK(last == std::byte{2});
  const Plan race =
      lazy_plan({}, {"client[2]/write(f)#1/delivery", "client[1]/write(f)#1/delivery"});
  CHECK(found(toy.run(race, options)) == "");
  CHECK(last == std::byte{1});
  CHECK(toy.missed().none());
}
