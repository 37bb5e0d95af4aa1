#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

// A flag says that a sync is under way; a handle, that one was submitted.
struct Syncer {
  File& file;
  bool syncing = false;
  Completion pending = {};

  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    syncing = false;
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

// An error at submit leaves the flag up.
struct LeavesTheFlag : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      syncing = true;
      const Completion submitted = file.sync();
      if (submitted.finished() && !submitted.succeeded()) return submitted.get_error();
      pending = submitted;
    }
    RETURN_IF_IO(finish());
    return Unit{};
  }
  void drop() {}
};

struct TakesItBack : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      syncing = true;
      pending = file.sync();
    }
    RETURN_IF_IO(finish());
    return Unit{};
  }
  void drop() { pending = {}; }  // and leaves the flag up
};

// Yields between the one change and the other.
struct YieldsBetween : Syncer {
  IOResult<Unit> sync() {
    syncing = true;
    if (!pending) IO_YIELD_ONE(Completion::yield());
    return Unit{};
  }
  void drop() {}
};

template <class Machine>
void sync_once(Sim& sim) {
  Machine machine{{sim.open("log")}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  const AwaitOptions options{.abandon = [&] { machine.drop(); },
                             .abort = [&](IOError) { machine.drop(); }};
  sim.task("client",
           [&] { static_cast<void>(sim.await([&] { return machine.sync(); }, options)); });
  sim.agree(
      "a sync is under way", [&] { return machine.syncing; },  //
      "one was submitted", [&] { return static_cast<bool>(machine.pending); });
  sim.run();
}

}  // namespace

TEST_CASE("bookkeeping: an error on the way out between two changes is found") {
  Toy toy(sync_once<LeavesTheFlag>);
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(found(toy.run(lazy_plan())) == "");
  const RunResult result = toy.run(lazy_plan({{"client/sync(log)#1/refusal", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "bookkeeping");
  CHECK(result.finding->signature == "bookkeeping toy: a sync is under way / one was submitted");
  CHECK(result.finding->message ==
        "\"a sync is under way\" is true, but \"one was submitted\" is false, when an entry was "
        "over");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "operation 1 of task `client`: in entry 1, with which it ended in Err EAGAIN",
            "they agreed when that began"});
}

TEST_CASE("bookkeeping: a yield between two changes is found and says for what it waits") {
  Toy toy([](Sim& sim) { sync_once<YieldsBetween>(sim); });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "bookkeeping");
  CHECK(result.finding->evidence.front() ==
        "operation 1 of task `client`: in entry 1, which yielded at `Completion::yield()`, in "
        "`sync`, and waits for its next turn");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("bookkeeping: what an abandonment leaves behind is found when it is over") {
  Toy toy(sync_once<TakesItBack>);
  CHECK(found(toy.run(lazy_plan({{"client/sync(log)#1/error", 1}}))) == "");
  CHECK(found(toy.run(lazy_plan({{"client/sync(log)#1/refusal", 1}}))) == "");
  const RunResult result = toy.run(lazy_plan({{"client/sync(log)#1/abandon", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "bookkeeping");
  CHECK(result.finding->message.ends_with("when its clean-up was over"));
  CHECK(result.finding->evidence.front() ==
        "operation 1 of task `client`: it was abandoned, and was cleaned up");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("bookkeeping: what an abort leaves behind is found when it is over") {
  Toy toy(sync_once<TakesItBack>);
  const RunResult result =
      toy.run(lazy_plan({{"world#1/contract", 1}, {"client/sync(log)#1/error", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "bookkeeping");
  CHECK(result.finding->evidence.front() ==
        "operation 1 of task `client`: it was aborted (EIO), and was cleaned up");
}

TEST_CASE("bookkeeping: an entry is not blamed for what a delivery has changed for another") {
  bool mended = true;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    bool waiting = false;
    Completion pending;
    const auto read = [&]() -> IOResult<Unit> {
      if (!pending) {
        waiting = true;
        pending = file.pread(0, Buffer::allocate(8));
      }
      if (!pending.finished()) IO_YIELD_ONE(pending);
      if (mended) waiting = false;
      return Unit{};
    };
    sim.task("a", [&] { static_cast<void>(sim.await(read)); });
    sim.task("b", [&] { sim.yield(); });
    sim.agree(
        "somebody waits", [&] { return waiting; },  //
        "something is in flight", [&] { return pending && !pending.finished(); });
    sim.run();
  });
  const std::vector<std::string> b_first = {"a#1/turn", "b#1/turn", "a/read(f)#1/delivery",
                                            "b/wait#1/turn", "a/read(f)#1/turn"};
  CHECK(found(toy.run(lazy_plan({}, b_first))) == "");
  CHECK(toy.missed().order.empty());
  mended = false;
  const RunResult result = toy.run(lazy_plan({}, b_first));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"operation 1 of task `a`: in entry 2, with which it ended in Done",
                                 "they did not agree when that began, either"});
}

TEST_CASE("bookkeeping: turned off it finds nothing") {
  Toy toy(sync_once<LeavesTheFlag>);
  RunOptions options;
  options.checks.off.insert("bookkeeping");
  CHECK(found(toy.run(lazy_plan({{"client/sync(log)#1/refusal", 1}}), options)) == "");
}
