#include "tests/support/event_pool.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

using Order = std::vector<std::string>;

TEST_CASE("calm: within a rank the first enabled is the first served") {
  const auto strategy = make_calm_strategy(Base::lazy);
  EventPool pool(*strategy);
  for (const char* const name : {"c", "a", "b"}) pool.enable(name);
  CHECK(pool.rest() == Order{"c", "a", "b"});
}

TEST_CASE("calm: turns that were set going come before devices and those before yielded turns") {
  const auto strategy = make_calm_strategy(Base::lazy);
  EventPool pool(*strategy);
  pool.arm("timer");
  pool.enable("yielded", Rank::yielded);
  pool.enable("device", Rank::device);
  pool.enable("wake", Rank::wake);
  CHECK(pool.rest() == Order{"wake", "device", "yielded", "timer"});
}

TEST_CASE("calm: a run begins with an empty pool") {
  const auto strategy = make_calm_strategy(Base::sync);
  EventPool pool(*strategy);
  pool.enable("left over");
  pool.begin();
  CHECK(pool.rest() == Order{});
}

TEST_CASE("calm: it asks for no decision") {
  for (const Base base : {Base::sync, Base::lazy}) {
    const auto strategy = make_calm_strategy(base);
    CHECK(strategy->base() == base);
    CHECK(strategy->active() == 0);
  }
}

TEST_CASE("calm: tasks that spin on yields do not stop the clock") {
  const auto strategy = make_calm_strategy(Base::lazy);
  EventPool pool(*strategy);
  pool.arm("timer");
  pool.enable("spin", Rank::yielded);
  int turns = 0;
  while (pool.next() == "spin") {
    ++turns;
    pool.enable("spin", Rank::yielded);
    REQUIRE(turns < 1000);
  }
  CHECK(turns == 64);
  CHECK(pool.next() == "spin");
}

TEST_CASE("calm: a spinning task waits for a timer only as long as there are no devices to serve") {
  const auto strategy = make_calm_strategy(Base::lazy);
  EventPool pool(*strategy);
  pool.enable("spin", Rank::yielded);
  pool.arm("timer");
  for (int i = 0; i < 64; ++i) {
    REQUIRE(pool.next() == "spin");
    pool.enable("spin", Rank::yielded);
  }
  pool.enable("device");
  CHECK(pool.next() == "device");
  CHECK(pool.next() == "spin");
}

TEST_CASE("calm: in the sync world each I/O has completed before submit returns") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(8);
      bool called = false;
      const Completion write =
          file.pwrite(0, buffer, [&](const Completion& done) { called = done.succeeded(); });
      sim.expect(write.succeeded() && write.result() == 8, "the write has completed");
      sim.expect(called, "its callback has run");
      sim.expect(file.pread(0, buffer).finished(), "the read has completed");
      sim.expect(file.sync().finished(), "the sync has completed");
      sim.expect(!sim.io().timer(Duration(1)).finished(), "a timer takes its time");
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "");
}

TEST_CASE("calm: in the sync world each task runs on until it must wait for something else") {
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    File& file = sim.open("f");
    for (const char* const name : {"a", "b"}) {
      sim.task(name, [&sim, &file, &order, name] {
        const Buffer buffer = Buffer::allocate(8);
        for (int i = 0; i < 3; ++i) {
          order += name;
          static_cast<void>(sim.await([&, pending = Completion()]() mutable -> IOResult<Unit> {
            if (!pending) pending = file.pwrite(0, buffer);
            if (!pending.finished()) IO_YIELD_ONE(pending);
            return Unit{};
          }));
        }
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(order == "aaabbb");
}

TEST_CASE("calm: in the lazy world every I/O is in flight until no task can run") {
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    File& file = sim.open("f");
    for (const char* const name : {"a", "b"}) {
      sim.task(name, [&sim, &file, &order, name] {
        const Buffer buffer = Buffer::allocate(8);
        for (int i = 0; i < 3; ++i) {
          order += name;
          const Completion write = file.pwrite(0, buffer);
          sim.expect(!write.finished(), "it is in flight");
          static_cast<void>(sim.wait(write));
        }
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(order == "ababab");
}

TEST_CASE("calm: in the lazy world the oldest I/O is delivered first") {
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(8);
      for (int i = 0; i < 4; ++i) {
        file.pwrite(0, buffer, [&order, i](const Completion&) { order += std::to_string(i); });
      }
      sim.yield();
      order += "yielded";
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(order == "0123yielded");
}
