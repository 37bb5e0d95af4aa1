#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

struct Reader {
  File& file;
  Completion pending = {};

  IOResult<Unit> sound() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  /// The next operation is given the old completion.
  IOResult<Unit> stale() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    pending = {};
    return Unit{};
  }
  /// Yields even for what has finished.
  IOResult<Unit> stale_wait() {
    if (!pending) {
      pending = file.pread(0, Buffer::allocate(8));
      IO_YIELD_ONE(pending);
    }
    if (!pending.succeeded()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
};

constexpr Faults all_faults{.errors = true,
                            .refusals = true,
                            .short_io = true,
                            .cancels = true,
                            .abandons = true,
                            .contract = ErrorContract::either};

/// One task reads twice.
Toy reads_twice(IOResult<Unit> (Reader::*read)(), bool claims = true, bool forgets = false) {
  return Toy([=](Sim& sim) {
    Reader reader{sim.open("f")};
    sim.survives(all_faults);
    if (claims) sim.next_operation_works();
    const auto give_up = [&] {
      if (forgets) reader.pending = {};
    };
    const AwaitOptions options{.abandon = give_up, .abort = [&](IOError) { give_up(); }};
    sim.task("t", [&] {
      for (int i = 0; i < 2; ++i) {
        static_cast<void>(sim.await([&] { return (reader.*read)(); }, options));
      }
    });
    sim.run();
  });
}

}  // namespace

TEST_CASE("next-operation: an old error that the next operation is given is found") {
  Toy toy = reads_twice(&Reader::stale);
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#2/error", 1}}))) == "");
  const RunResult result = toy.run(lazy_plan({{"t/read(f)#1/error", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "next-operation");
  CHECK(result.finding->signature == "next-operation toy: t");
  CHECK(result.finding->message ==
        "operation 2 of task `t` ended in Err EIO, though no fault has touched it");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "a fault before it: t/read(f)#1, fails with EIO",
            "that hit operation 1 of task `t`, which ended in Err EIO, after 2 entries"});
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("next-operation: a refusal counts as a fault") {
  Toy toy = reads_twice(&Reader::stale);
  const RunResult result = toy.run(sync_plan({{"t/read(f)#1/refusal", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->evidence.front() ==
        "a fault before it: t/read(f)#1, refused at submit with EAGAIN");
}

TEST_CASE("next-operation: one that is aborted for an old failure has failed as well") {
  Toy toy = reads_twice(&Reader::stale_wait);
  const RunResult result = toy.run(lazy_plan({{"world#1/contract", 1}, {"t/read(f)#1/error", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->message ==
        "operation 2 of task `t` was aborted (EIO), though no fault has touched it");
}

TEST_CASE("next-operation: a machine that takes its completion out is clean") {
  for (const char* const aspect : {"error", "refusal", "cancel", "abandon"}) {
    CAPTURE(aspect);
    Toy toy = reads_twice(&Reader::sound, true, true);
    CHECK(found(toy.run(lazy_plan({{std::string("t/read(f)#1/") + aspect, 1}}))) == "");
    CHECK(found(toy.run(lazy_plan({{std::string("t/read(f)#1/") + aspect, 1},
                                   {std::string("t/read(f)#2/") + aspect, 1}}))) == "");
    CHECK(toy.missed().none());
  }
}

TEST_CASE("next-operation: an error without a fault before it is not its business") {
  Toy toy([](Sim& sim) {
    sim.survives(all_faults);
    sim.next_operation_works();
    sim.task("t", [&] {
      for (int i = 0; i < 2; ++i) {
        static_cast<void>(sim.await([]() -> IOResult<Unit> { return IOError::busy; }));
      }
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("next-operation: who fails while one that was hit is under way is not judged") {
  bool waits = true;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    bool locked = false;
    sim.survives({.retries = true});
    sim.next_operation_works();
    Completion pending;
    const auto holder = [&]() -> IOResult<Unit> {
      locked = true;
      for (;;) {
        if (!pending) pending = file.pread(0, Buffer::allocate(8));
        if (!pending.finished()) IO_YIELD_ONE(pending);
        if (std::exchange(pending, {}).succeeded()) break;
      }
      locked = !waits;  // ... or it forgets to give it back
      return Unit{};
    };
    const auto other = [&]() -> IOResult<Unit> {
      if (locked) return IOError::busy;
      return Unit{};
    };
    sim.task("holder", [&] { static_cast<void>(sim.await(holder)); });
    sim.task("other", [&] { static_cast<void>(sim.await(other)); });
    sim.run();
  });
  const std::vector<PlannedDecision> retried = {{"holder/read(f)#1/retry", 1}};
  CHECK(found(toy.run(lazy_plan(retried))) == "");
  waits = false;
  CHECK(found(toy.run(lazy_plan(retried))) == "");
  const std::vector<std::string> other_last = {"holder/read(f)#2/turn", "other#1/turn"};
  CHECK(found(toy.run(lazy_plan(retried, other_last))) == "next-operation");
  CHECK(toy.missed().none());
}

TEST_CASE("next-operation: operations within a clean-up and plain waits are not judged") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.survives({.errors = true, .abandons = true});
    sim.next_operation_works();
    const auto fail = []() -> IOResult<Unit> { return IOError::busy; };
    const AwaitOptions options{.abandon = [&] { static_cast<void>(sim.await(fail)); }};
    sim.task("t", [&] {
      const Completion read = file.pread(0, Buffer::allocate(8));
      static_cast<void>(sim.await(
          [&]() -> IOResult<Unit> {
            if (!read.finished()) IO_YIELD_ONE(read);
            return Unit{};
          },
          options));
      static_cast<void>(sim.wait(read));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/abandon", 1}}))) == "");
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/error", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("next-operation: it looks only where the scenario says so and when it is on") {
  Toy silent = reads_twice(&Reader::stale, false);
  CHECK(found(silent.run(lazy_plan({{"t/read(f)#1/error", 1}}))) == "");
  Toy toy = reads_twice(&Reader::stale);
  RunOptions options;
  options.checks.off.insert("next-operation");
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/error", 1}}), options)) == "");
}
