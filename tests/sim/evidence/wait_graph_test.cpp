// The findings of `deadlock`: who waits where, for what, holds what, and whom it depends on.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

// Hands itself on to who waits first.
class Lock {
 public:
  Completion acquire() {
    if (!held_) {
      held_ = true;
      return Completion::done();
    }
    waiting_.push_back(pool_.make());
    return waiting_.back();
  }
  void release() {
    if (waiting_.empty()) {
      held_ = false;
    } else {
      const Completion next = waiting_.front();
      waiting_.pop_front();
      next.finish(0);
    }
  }
  std::uint64_t count() const { return held_ ? 1 : 0; }

 private:
  CompletionPool pool_;
  std::deque<Completion> waiting_;
  bool held_ = false;
};

struct Taker {
  Lock& first;
  Lock& second;
  Completion granted = {};
  bool has_first = false;

  IOResult<Unit> take(Lock& lock) {
    if (!granted) granted = lock.acquire();
    if (!granted.finished()) IO_YIELD_ONE(granted);
    granted = {};
    return Unit{};
  }
  IOResult<Unit> take_both() {
    if (!has_first) {
      RETURN_IF_IO(take(first));
      has_first = true;
      IO_YIELD_ONE(Completion::yield());
    }
    RETURN_IF_IO(take(second));
    second.release();
    first.release();
    return Unit{};
  }
};

using Lines = std::vector<std::string>;

Lines evidence(Toy& toy, const Plan& plan = lazy_plan()) {
  const RunResult result = toy.run(plan);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "deadlock");
  return result.finding->evidence;
}

}  // namespace

TEST_CASE("deadlock: two locks in two orders are shown as a circle") {
  Toy toy([](Sim& sim) {
    Lock a;
    Lock b;
    Taker there{a, b};
    Taker back{b, a};
    sim.held("lock a", [&] { return a.count(); });
    sim.held("lock b", [&] { return b.count(); });
    sim.drive("there", [&] { return there.take_both(); });
    sim.drive("back", [&] { return back.take_both(); });
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`there` waits in `take_both`, `take` at `granted` (entry 2), for a completion that "
              "it has made itself in entry 2, and holds `lock a` since step 1",
              "`back` waits in `take_both`, `take` at `granted` (entry 2), for a completion that "
              "it has made itself in entry 2, and holds `lock b` since step 2",
              "`there` -> `back` -> `there`: each waits for the next, as far as it is known"});
}

TEST_CASE("deadlock: a lock that was never given back leads to who holds it") {
  Toy toy([](Sim& sim) {
    Lock lock;
    CompletionPool pool;
    const Completion never = pool.make();
    sim.held("the lock", [&] { return lock.count(); });
    sim.task("holder", [&] {
      static_cast<void>(sim.wait(lock.acquire()));
      static_cast<void>(sim.wait(never));
    });
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("client", i, [&] { static_cast<void>(sim.wait(lock.acquire())); });
    }
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`holder` waits (entry 1), for a completion that no task has made, and holds `the "
              "lock` since step 1",
              "`client[0]` waits (entry 1), for a completion that it has made itself",
              "`client[1]` waits (entry 1), for a completion that it has made itself",
              "nothing in flight can finish what `holder` waits for", "`client[0]` -> `holder`",
              "`client[1]` -> `holder`"});
}

TEST_CASE("deadlock: a lock that may have been handed on says so") {
  Toy toy([](Sim& sim) {
    Lock lock;
    CompletionPool pool;
    const Completion never = pool.make();
    sim.held("the lock", [&] { return lock.count(); });
    sim.task("first", [&] {
      static_cast<void>(sim.wait(lock.acquire()));
      sim.yield();
      lock.release();
      static_cast<void>(sim.wait(never));
    });
    sim.task("second", [&] {
      static_cast<void>(sim.wait(lock.acquire()));
      static_cast<void>(sim.wait(never));
    });
    sim.run();
  });
  const Lines lines = evidence(toy);
  REQUIRE(!lines.empty());
  CHECK(lines[0] ==
        "`first` waits (entry 1), for a completion that no task has made, and holds `the lock` "
        "since step 1 (unless `second`, woken in step 3, has it now)");
}

TEST_CASE("deadlock: what was given back is held no more") {
  Toy toy([](Sim& sim) {
    Lock lock;
    CompletionPool pool;
    const Completion never = pool.make();
    sim.held("the lock", [&] { return lock.count(); });
    sim.task("t", [&] {
      static_cast<void>(sim.wait(lock.acquire()));
      sim.yield();
      lock.release();
      static_cast<void>(sim.wait(never));
    });
    sim.run();
  });
  CHECK(evidence(toy) == Lines{"`t` waits (entry 1), for a completion that no task has made",
                               "nothing in flight can finish what `t` waits for"});
}

TEST_CASE("deadlock: who has made what another waits for is named") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    Completion load;
    sim.task("loader", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!load) load = pool.make();
        IO_YIELD_ONE(never);
      }));
    });
    sim.task("reader", [&] { static_cast<void>(sim.wait(load)); });
    sim.run();
  });
  CHECK(evidence(toy, lazy_plan({}, {"loader#1/turn", "reader#1/turn"})) ==
        Lines{"`loader` waits in `operator()` at `never` (entry 1), for a completion that no task "
              "has made",
              "`reader` waits (entry 1), for a completion that `loader` has made in entry 1",
              "nothing in flight can finish what `loader` waits for", "`reader` -> `loader`"});
}

TEST_CASE("deadlock: a group says which of its children are pending") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    CompletionPool pool;
    const Completion never = pool.make();
    Completion own;
    sim.task("t", [&] {
      own = pool.make();
      CompletionGroup group;
      group.add(never);
      group.add(file.sync());
      group.add(own);
      static_cast<void>(sim.wait(group.build()));
    });
    sim.run();
    for (const Completion& c : {never, own}) c.finish(0);  // else the group is never freed
  });
  CHECK(
      evidence(toy) ==
      Lines{"`t` waits (entry 1), for a group with 2 pending: a completion that no task has made; "
            "a completion that it has made itself",
            "nothing in flight can finish what `t` waits for"});
}
