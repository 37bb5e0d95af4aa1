#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

std::string message_of(const RunResult& result) {
  return result.finding ? result.finding->message : "";
}

/// Says IO until it was told to stop, by nobody.
struct Never {
  IOResult<Unit> step() {
    ++steps;
    IO_YIELD_ONE(Completion::yield());
  }
  int steps = 0;
};

}  // namespace

TEST_CASE("busy task: an entry that calls again and again is told and left") {
  Never never;
  bool went_on = false;
  Toy toy([&](Sim& sim) {
    never.steps = 0;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        for (;;) {
          if (!never.step().is_io()) break;
        }
        return Unit{};
      }));
      went_on = true;
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "endless-run");
  CHECK(message_of(result).find("answer IO 100001 times") != std::string::npos);
  CHECK(never.steps == 100001);
  CHECK_FALSE(went_on);
}

TEST_CASE("busy task: an entry of a driven machine that never ends is left as well") {
  Never never;
  Toy toy([&](Sim& sim) {
    sim.drive("t", [&]() -> IOResult<Unit> {
      while (never.step().is_io()) {
      }
      return Unit{};
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "endless-run");
  CHECK(never.steps == 100001);
}

TEST_CASE("busy task: an entry whose I/Os are all done at once comes to an end") {
  std::uint64_t blocks = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    const Buffer block = Buffer::allocate(1);
    blocks = 0;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        for (;;) {
          const Completion read = file.pread(0, block);
          if (!read.finished()) IO_YIELD_ONE(read);
          if (!read.succeeded()) return read.get_error();
          ++blocks;
        }
      }));
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "endless-run");
  CHECK(message_of(result).find("submitted 100001 I/Os") != std::string::npos);
  CHECK(blocks == 100000);
}

namespace {

/// Waits for a timer: on it, or by looking again and again.
RunResult waits_for_timer(bool looks_again) {
  Toy toy([looks_again](Sim& sim) {
    Completion timer;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!timer) timer = sim.io().timer(std::chrono::seconds(1));
        if (!timer.finished() && looks_again) IO_YIELD_ONE(Completion::yield());
        if (!timer.finished()) IO_YIELD_ONE(timer);
        return Unit{};
      }));
    });
    sim.run();
  });
  return toy.run(lazy_plan());
}

}  // namespace

// With the watch it is told, if nothing changes: tests/cases/looks-at-timer.cpp.
TEST_CASE("busy task: who looks at a timer again and again may be computing something") {
  CHECK(found(waits_for_timer(false)) == "");
  CHECK(found(waits_for_timer(true)) == "");
}

TEST_CASE("busy task: who looks again while another operation is under way is sound") {
  Toy toy([](Sim& sim) {
    Completion timer;
    bool is_over = false;
    sim.task("looks", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!is_over) IO_YIELD_ONE(Completion::yield());
        return Unit{};
      }));
    });
    sim.task("waits", [&] {
      sim.sleep(std::chrono::seconds(1));
      is_over = true;
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("busy task: operations that fail one after the other without end are told") {
  std::uint64_t tries = 0;
  Toy toy([&](Sim& sim) {
    tries = 0;
    sim.task("t", [&] {
      while (!sim.await([&]() -> IOResult<Unit> { return IOError::io; }).ok()) ++tries;
    });
    sim.run();
  });
  const RunResult result = toy.run(sync_plan());
  CHECK(found(result) == "endless-run");
  CHECK(message_of(result).find("10001 operations of one task have failed") != std::string::npos);
}
