// Core's own locks, wake lists and deadlines in a simulated world: what a deadlock says of them,
// and that nothing is said of their sound use.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Lines = std::vector<std::string>;

Lines evidence(Toy& toy, const Plan& plan = lazy_plan()) {
  const RunResult result = toy.run(plan);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "deadlock");
  return result.finding->evidence;
}

struct Taker {
  Taker(FairLock& one, FairLock& other) : first(one), second(other) {}

  IOResult<Unit> take_both() {
    RETURN_IF_IO(first.acquire());
    if (!has_yielded) {
      has_yielded = true;
      IO_YIELD_ONE(Completion::yield());
    }
    RETURN_IF_IO(second.acquire());
    second.release();
    first.release();
    return Unit{};
  }

  FairLock::Hold first;
  FairLock::Hold second;
  bool has_yielded = false;
};

}  // namespace

TEST_CASE("waiting: a deadlock says who holds the lock that each waits for") {
  Toy toy([](Sim& sim) {
    FairLock a("lock a");
    FairLock b("lock b");
    Taker there(a, b);
    Taker back(b, a);
    sim.drive("there", [&] { return there.take_both(); });
    sim.drive("back", [&] { return back.take_both(); });
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`there` waits in `take_both` at `second.acquire()` (entry 2), for the lock `lock "
              "b`, which `back` holds, and holds the lock `lock a`",
              "`back` waits in `take_both` at `second.acquire()` (entry 2), for the lock `lock a`, "
              "which `there` holds, and holds the lock `lock b`",
              "`there` -> `back` -> `there`: each waits for the next, as far as it is known"});
}

TEST_CASE("waiting: a lock that a task has kept to its end is said to be never given back") {
  Toy toy([](Sim& sim) {
    FairLock lock("lock");
    FairLock::Hold kept(lock);
    FairLock::Hold later(lock);
    sim.task("keeper", [&] { static_cast<void>(sim.await([&] { return kept.acquire(); })); });
    sim.task("guest", [&] { static_cast<void>(sim.await([&] { return later.acquire(); })); });
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`guest` waits (entry 1), for the lock `lock`, which `keeper` has taken and never "
              "gave back",
              "nothing in flight can finish what `guest` waits for"});
}

TEST_CASE("waiting: a lock that was handed on belongs to whom it was handed") {
  Toy toy([](Sim& sim) {
    FairLock lock("lock");
    CompletionPool pool;
    const Completion never = pool.make();
    FairLock::Hold holds[] = {FairLock::Hold(lock), FairLock::Hold(lock), FairLock::Hold(lock)};
    sim.task("first", [&] {
      static_cast<void>(sim.await([&] { return holds[0].acquire(); }));
      sim.yield();
      holds[0].release();
    });
    sim.task("second", [&] {
      static_cast<void>(sim.await([&] { return holds[1].acquire(); }));
      static_cast<void>(sim.wait(never));
    });
    sim.task("third", [&] { static_cast<void>(sim.await([&] { return holds[2].acquire(); })); });
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`second` waits (entry 1), for a completion that no task has made, and holds the "
              "lock `lock`",
              "`third` waits (entry 1), for the lock `lock`, which `second` holds",
              "nothing in flight can finish what `second` waits for", "`third` -> `second`"});
}

TEST_CASE("waiting: a deadlock names the wake list in which a task waits") {
  Toy toy([](Sim& sim) {
    WakeList room("room");
    WakeList::Place place(room);
    sim.task("t", [&] {
      static_cast<void>(sim.await([&] { return place.until([] { return false; }); }));
    });
    sim.run();
  });
  CHECK(evidence(toy) == Lines{"`t` waits (entry 1), for its turn in the wake list `room`",
                               "nothing in flight can finish what `t` waits for"});
}

TEST_CASE("waiting: a deadlock says that the first of several would do") {
  Toy toy([](Sim& sim) {
    WakeList room("room");
    FairLock lock("lock");
    WakeList::Place place(room);
    FairLock::Hold hold(lock);
    FairLock::Hold waits(lock);
    static_cast<void>(hold.request());
    sim.task("t", [&] {
      static_cast<void>(
          sim.wait(CompletionGroup::any({place.request(), waits.request()}, Losers::left)));
    });
    sim.run();
  });
  CHECK(evidence(toy) ==
        Lines{"`t` waits (entry 1), for the first of 2 pending: its turn in the wake list `room`; "
              "the lock `lock`, which no task has taken",
              "nothing in flight can finish what `t` waits for"});
}

TEST_CASE("waiting: no yield is injected behind a condition that others may change") {
  // Each takes what it has found, one after the other.
  Toy toy([](Sim& sim) {
    WakeList items("items");
    int there = 1;
    WakeList::Place places[] = {WakeList::Place(items), WakeList::Place(items)};
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("client", i, [&sim, &items, &there, &place = places[i]] {
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          RETURN_IF_IO(place.until([&] { return there > 0; }));
          there -= 1;
          return Unit{};
        }));
        sim.yield();
        there += 1;
        items.wake_one();
      });
    }
    sim.always("never negative", [&] { return there >= 0; });
    sim.finally("all are back", [&] { return there == 1; });
    sim.run();
  });
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto strategy = random_of(seed, "chaos");
    CHECK(found(toy.run(*strategy)) == "");
  }
}
