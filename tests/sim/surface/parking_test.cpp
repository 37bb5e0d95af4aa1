// The waits of foreign code for locks, as the hooks of the C library ask for them.
#include <reprise/sim/surface/parking.h>

#include <reprise/sim/node.h>
#include <reprise/sim/surface/surfaces.h>

#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;
using namespace std::chrono_literals;

namespace {

using Want = Parking::Want;

Parking& parking() {
  REQUIRE(internal::surfaces != nullptr);
  REQUIRE(internal::surfaces->parking().is_asked());
  return internal::surfaces->parking();
}

/// Only its address counts.
struct Object {
  char byte = 0;
};

int lock(const Object& mutex, Want want = Want::plain, Parking::Until until = {}) {
  return parking().lock(&mutex, "a mutex", want, until);
}
int try_lock(const Object& mutex, Want want = Want::plain) {
  return parking().try_lock(&mutex, "a mutex", want);
}
bool unlock(const Object& mutex) { return parking().unlock(&mutex); }

/// Blocks, as foreign code does for an I/O.
void pause(Sim& sim, Duration delay = 1us) { static_cast<void>(sim.block(sim.io().timer(delay))); }

/// Tasks whose bodies are foreign code.
void foreign_task(Sim& sim, std::string_view name, std::function<void()> body) {
  sim.task(name, [&sim, body = std::move(body)] { sim.foreign([&body] { body(); }); });
}

}  // namespace

TEST_CASE("parking: code that is not foreign has nothing to do with it") {
  bool asked = true;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] { asked = internal::surfaces->parking().is_asked(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK_FALSE(asked);
}

TEST_CASE("parking: one task at a time holds a mutex while others run on") {
  int inside = 0, most = 0, entered = 0;
  Toy toy([&](Sim& sim) {
    Object mutex;
    for (std::uint32_t i = 0; i < 3; ++i) {
      foreign_task(sim, "t" + std::to_string(i), [&] {
        sim.expect_eq(lock(mutex), 0);
        most = std::max(most, ++inside);
        pause(sim);
        --inside;
        ++entered;
        sim.expect(unlock(mutex), "it was held");
      });
    }
    sim.run();
  });
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    most = entered = inside = 0;
    CHECK(found(toy.run(*random_of(seed))) == "");
    CHECK(most == 1);
    CHECK(entered == 3);
  }
}

TEST_CASE("parking: who takes a mutex next is the order of turns and replays") {
  std::vector<std::string> orders;
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    Object mutex;
    for (const char* name : {"a", "b", "c"}) {
      foreign_task(sim, name, [&, name] {
        lock(mutex);
        order += name;
        pause(sim);
        unlock(mutex);
      });
    }
    sim.run();
  });
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto strategy = random_of(seed);
    const Plan plan = toy.record(*strategy);
    const std::string recorded = order;
    CHECK(found(toy.run(plan)) == "");
    CHECK(order == recorded);
    orders.push_back(recorded);
  }
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  CHECK(orders.size() == 6);
}

TEST_CASE("parking: a mutex that is held is not to be had by trying") {
  Toy toy([](Sim& sim) {
    Object mutex;
    foreign_task(sim, "holds", [&] {
      lock(mutex);
      sim.expect_eq(try_lock(mutex), EBUSY);
      pause(sim, 2us);
      unlock(mutex);
    });
    foreign_task(sim, "tries", [&] {
      pause(sim);
      sim.expect_eq(try_lock(mutex), EBUSY);
      pause(sim, 2us);
      sim.expect_eq(try_lock(mutex), 0);
      sim.expect(unlock(mutex), "it was held");
      sim.expect(!unlock(mutex), "nobody holds it");
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
}

TEST_CASE("parking: a wait for a mutex with a time ends at that time of the world") {
  Instant ended;
  Toy toy([&](Sim& sim) {
    Object mutex;
    foreign_task(sim, "holds", [&] {
      lock(mutex);
      pause(sim, 1s);
      unlock(mutex);
    });
    foreign_task(sim, "waits", [&] {
      pause(sim);
      sim.expect_eq(lock(mutex, Want::plain, Instant{} + 500ms), ETIMEDOUT);
      ended = sim.now();
      sim.expect_eq(lock(mutex, Want::plain, Instant{} + 2s), 0);
      sim.expect(sim.now() < Instant{} + 1100ms, "no later than it was given back");
      unlock(mutex);
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
  CHECK(ended >= Instant{} + 500ms);
  CHECK(ended < Instant{} + 501ms);
}

TEST_CASE("parking: a recursive mutex may be taken again and a checked one tells") {
  Toy toy([](Sim& sim) {
    Object recursive, checked;
    int step = 0;
    foreign_task(sim, "t", [&] {
      lock(recursive, Want::recursive);
      sim.expect_eq(lock(recursive, Want::recursive), 0);
      sim.expect_eq(lock(checked, Want::checked), 0);
      sim.expect_eq(lock(checked, Want::checked), EDEADLK);
      pause(sim, 2us);
      unlock(recursive);
      step = 1;
      pause(sim, 2us);
      unlock(recursive);
    });
    foreign_task(sim, "other", [&] {
      pause(sim);
      lock(recursive, Want::recursive);
      sim.expect_eq(step, 1);
      unlock(recursive);
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("parking: a wait gives the mutex back and has it again when signalled") {
  bool is_set = false;
  Toy toy([&](Sim& sim) {
    is_set = false;
    Object mutex, condition;
    foreign_task(sim, "waits", [&] {
      lock(mutex);
      while (!is_set) sim.expect_eq(parking().wait(&condition, &mutex), 0);
      sim.expect_eq(try_lock(mutex), EBUSY);
      unlock(mutex);
    });
    foreign_task(sim, "sets", [&] {
      pause(sim);
      lock(mutex);
      is_set = true;
      parking().signal(&condition);
      pause(sim);
      unlock(mutex);
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) CHECK(found(toy.run(*random_of(seed))) == "");
}

TEST_CASE("parking: a wait with a time that nobody signals ends at that time") {
  Toy toy([](Sim& sim) {
    Object mutex, condition;
    foreign_task(sim, "waits", [&] {
      lock(mutex);
      sim.expect_eq(parking().wait(&condition, &mutex, Instant{} + 3s), ETIMEDOUT);
      sim.expect(sim.now() >= Instant{} + 3s, "not before its time");
      unlock(mutex);
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
}

TEST_CASE("parking: a signal wakes one waiter and which one is a choice with a name") {
  std::string woken;
  Toy toy([&](Sim& sim) {
    woken.clear();
    Object mutex, condition;
    for (const char* name : {"a", "b"}) {
      foreign_task(sim, name, [&, name] {
        lock(mutex);
        const int error = parking().wait(&condition, &mutex, Instant{} + 1s);
        if (error == 0) woken += name;
        unlock(mutex);
      });
    }
    foreign_task(sim, "signals", [&] {
      pause(sim);
      parking().signal(&condition);
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(woken == "a");
  CHECK(found(toy.run(lazy_plan({{"signals/signal#1/workload", 1}}))) == "");
  CHECK(woken == "b");
}

TEST_CASE("parking: a broadcast wakes all and a signal for nobody is lost") {
  int woken = 0;
  Toy toy([&](Sim& sim) {
    woken = 0;
    Object mutex, condition;
    foreign_task(sim, "wakes", [&] {
      parking().signal(&condition);
      pause(sim, 5us);
      parking().broadcast(&condition);
    });
    for (std::uint32_t i = 0; i < 3; ++i) {
      foreign_task(sim, "t" + std::to_string(i), [&] {
        pause(sim);
        lock(mutex);
        sim.expect_eq(parking().wait(&condition, &mutex), 0);
        ++woken;
        unlock(mutex);
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(woken == 3);
}

TEST_CASE("parking: readers share a lock and a writer has it alone") {
  int readers = 0, most = 0;
  bool writes = false;
  Toy toy([&](Sim& sim) {
    readers = 0;
    writes = false;
    Object both;
    for (std::uint32_t i = 0; i < 2; ++i) {
      foreign_task(sim, "reader" + std::to_string(i), [&] {
        lock(both, Want::shared);
        sim.expect(!writes, "no writer beside a reader");
        most = std::max(most, ++readers);
        pause(sim);
        --readers;
        unlock(both);
      });
    }
    foreign_task(sim, "writer", [&] {
      lock(both, Want::checked);
      sim.expect_eq(readers, 0);
      writes = true;
      sim.expect_eq(lock(both, Want::shared), EDEADLK);
      pause(sim);
      writes = false;
      unlock(both);
    });
    sim.run();
  });
  for (std::uint64_t seed = 1; seed <= 50; ++seed) CHECK(found(toy.run(*random_of(seed))) == "");
  CHECK(most == 2);
}

TEST_CASE("parking: a reader that asks to write waits for good") {
  Toy toy([](Sim& sim) {
    Object both;
    foreign_task(sim, "t", [&] {
      lock(both, Want::shared);
      lock(both, Want::checked);
    });
    sim.run();
  });
  CHECK(found(toy.check(lazy_plan())) == "deadlock");
}

TEST_CASE("parking: a mutex that is held when the power is lost is free in the recovery") {
  int recovered = 0;
  Toy toy([&](Sim& sim) {
    Object mutex, condition;
    sim.recovers([&] {
      sim.foreign([&] {
        sim.expect_eq(try_lock(mutex), 0);
        parking().signal(&condition);
        unlock(mutex);
      });
      ++recovered;
    });
    foreign_task(sim, "holds", [&] {
      lock(mutex);
      pause(sim);
    });
    foreign_task(sim, "waits", [&] { lock(mutex); });
    foreign_task(sim, "waits too", [&] {
      Object other;
      lock(other);
      parking().wait(&condition, &other, Instant{} + 1s);
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"holds/timer#1/crash", 1}}))) == "");
  CHECK(recovered == 1);
  CHECK(toy.missed().none());
}

TEST_CASE("parking: tasks that wait for each other's mutexes are a deadlock in words") {
  Toy toy([](Sim& sim) {
    Object first, second;
    const auto take_both = [&sim](const Object& one, const Object& other) {
      lock(one);
      pause(sim);
      lock(other);
    };
    foreign_task(sim, "a", [&] { take_both(first, second); });
    foreign_task(sim, "b", [&] { take_both(second, first); });
    sim.run();
  });
  const RunResult result = toy.check(lazy_plan());
  REQUIRE(found(result) == "deadlock");
  const std::vector<std::string>& evidence = result.finding->evidence;
  REQUIRE(evidence.size() == 3);
  CHECK(evidence[0].find("for a mutex, which `b` holds, and holds a mutex") != std::string::npos);
  CHECK(evidence[2] == "`a` -> `b` -> `a`: each waits for the next, as far as it is known");
}

TEST_CASE("parking: whoever is cancelled while it waits waits again") {
  Toy toy([](Sim& sim) {
    sim.survives({.cancels = true});
    Object mutex, condition;
    bool is_set = false;
    foreign_task(sim, "a", [&] {
      lock(mutex);
      while (!is_set) sim.expect_eq(parking().wait(&condition, &mutex), 0);
      unlock(mutex);
    });
    foreign_task(sim, "b", [&] {
      pause(sim);
      lock(mutex);
      is_set = true;
      pause(sim);
      parking().signal(&condition);
      unlock(mutex);
    });
    sim.run();
  });
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CHECK(found(toy.run(*random_of(seed, "chaos"))) == "");
  }
}

TEST_CASE("parking: nodes have a mutex each at one address and lose only their own") {
  std::string seen;
  Toy toy([&](Sim& sim) {
    seen.clear();
    Object mutex;
    Sim::Node a = sim.node("a"), b = sim.node("b");
    const auto holds = [&](const char* name, Duration time) {
      return [&, name, time] {
        sim.foreign([&, name, time] {
          seen += try_lock(mutex) == 0 ? name : "busy ";
          pause(sim, time);
          unlock(mutex);
          seen += "over ";
        });
      };
    };
    a.recovers(holds("again ", 1us));
    a.task("holder", holds("a ", 1s));
    b.task("holder", holds("b ", 2s));
    sim.task("operator", [&] {
      sim.sleep(1ms);
      a.kill();
      b.task("late", holds("late ", 1us));
      a.restart();
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(seen.starts_with("a b "));
  CHECK(seen.find("again ") != std::string::npos);  // what the node held is free
  CHECK(seen.find("late ") == std::string::npos);   // what the other one holds is not
  CHECK(seen.find("busy ") != std::string::npos);
}
