// Cancelling what is in flight, and timers.
#include "tests/support/death.h"
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

// Cancelling.

namespace {

/// One write of six bytes, cancelled in flight.
Notes cancelled_write(std::uint32_t answer, std::vector<std::string> order = {}) {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abcdef");
    write.cancel();
    s.note(write.finished() ? "finished" : "in flight");
    s.wait(write);
    s.read(0, 6);
  });
  Plan plan = lazy_plan({}, std::move(order));
  if (answer != 0) plan.decisions.push_back({"t/write(f)#1/cancel-answer", answer});
  return script.run(plan);
}

}  // namespace

TEST_CASE("device: a cancelled I/O is in flight until the device has given its last word") {
  CHECK(cancelled_write(0) == Notes{"in flight", "ECANCELED", "0 bytes", "??????"});
}

TEST_CASE("device: the history says who asked for a cancel") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Completion read = file.pread(0, Buffer::allocate(8));
      read.cancel();
      static_cast<void>(sim.wait(read));
    });
    sim.survives({.cancels = true});
    sim.run();
  });
  CHECK(says(toy.run(lazy_plan()), "t: asks to cancel read(f)#1"));
}

TEST_CASE("device: a cancel of the plan's is no task's wish") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] { static_cast<void>(sim.wait(file.pread(0, Buffer::allocate(8)))); });
    sim.survives({.cancels = true});
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"t/read(f)#1/cancel", 1}}));
  CHECK(says(result, "has failed: ECANCELED"));
  CHECK_FALSE(says(result, "asks to cancel"));
}

TEST_CASE("device: a cancel may come too late") {
  CHECK(cancelled_write(1) == Notes{"in flight", "6 bytes", "6 bytes", "abcdef"});
}

TEST_CASE("device: a cancel may come after a part was moved") {
  CHECK(cancelled_write(2) == Notes{"in flight", "3 bytes", "3 bytes", "abc???"});
}

TEST_CASE("device: a cancel may end an I/O with EINTR and no effect") {
  CHECK(cancelled_write(3) == Notes{"in flight", "EINTR", "0 bytes", "??????"});
}

TEST_CASE("device: a cancel after an early effect comes too late and asks nothing") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abc");
    s.sim.sleep(Duration(1));
    write.cancel();
    s.wait(write);
    s.read(0, 3);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/early", 1}, {"t/write(f)#1/cancel-answer", 3}},
                             {"t/write(f)#1/effect", "t/timer#1/fire", "t/timer#1/turn",
                              "t/write(f)#1/delivery"})) == Notes{"3 bytes", "3 bytes", "abc"});
  CHECK(script.missed().decisions == std::vector<std::size_t>{1});
}

TEST_CASE("device: an I/O that is to fail says so though it was cancelled") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abc");
    write.cancel();
    s.wait(write);
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 1}})) == Notes{"EIO"});
}

TEST_CASE("device: cancelling twice asks once") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abcdef");
    write.cancel();
    write.cancel();
    s.wait(write);
    write.cancel();
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/cancel-answer", 2}})) == Notes{"3 bytes"});
}

TEST_CASE("device: a callback may cancel another I/O") {
  DiskScript script([](Script& s) {
    const Completion other = s.write(100, "abc");
    const Completion first =
        s.file.pwrite(0, buffer_of("x"), [&](const Completion&) { other.cancel(); });
    s.wait(first);
    s.wait(other);
  });
  CHECK(script.run(lazy_plan({}, {"t/write(f)#2/delivery", "t/write(f)#1/delivery"})) ==
        Notes{"1 bytes", "ECANCELED"});
}

TEST_CASE("device: a callback may cancel the I/O that it belongs to") {
  DiskScript script([](Script& s) {
    const Completion write =
        s.file.pwrite(0, buffer_of("x"), [](const Completion& self) { self.cancel(); });
    s.wait(write);
  });
  CHECK(script.run(lazy_plan()) == Notes{"1 bytes"});
}

TEST_CASE("device: a cancelled timer ends at once and not at its deadline") {
  DiskScript script([](Script& s) {
    const Completion timer = s.sim.io().timer(Duration(1000));
    const Completion other = s.sim.io().timer(Duration(50));
    timer.cancel();
    s.wait(timer);
    s.note(std::to_string(s.sim.now().ns));
    s.wait(other);
    s.note(std::to_string(s.sim.now().ns));
  });
  CHECK(script.run(lazy_plan()) == Notes{"ECANCELED", "1", "0 bytes", "50"});
}

TEST_CASE("device: cancelling the earliest of many timers leaves the others in order") {
  DiskScript script([](Script& s) {
    std::vector<Completion> timers;
    for (const int delay : {50, 10, 40, 20, 30}) {
      timers.push_back(s.sim.io().timer(Duration(delay), [&s](const Completion& done) {
        s.note(std::to_string(s.sim.now().ns) + (done.succeeded() ? "" : " cancelled"));
      }));
    }
    timers[1].cancel();
    timers[2].cancel();
    for (const Completion& timer : timers) static_cast<void>(s.sim.wait(timer));
  });
  CHECK(script.run(lazy_plan()) == Notes{"1 cancelled", "2 cancelled", "20", "30", "50"});
}

// Timers.

TEST_CASE("device: timers fire in the order of their deadlines and never early") {
  DiskScript script([](Script& s) {
    std::vector<Completion> timers;
    for (const int delay : {30, 10, 20, 10, 0}) {
      timers.push_back(s.sim.io().timer(Duration(delay), [&s, delay](const Completion&) {
        s.note(std::to_string(delay) + " at " + std::to_string(s.sim.now().ns));
      }));
    }
    for (const Completion& timer : timers) static_cast<void>(s.sim.wait(timer));
  });
  for (const Plan& plan : {lazy_plan(), sync_plan()}) {
    CHECK(script.run(plan) == Notes{"0 at 0", "10 at 10", "10 at 10", "20 at 20", "30 at 30"});
  }
}

TEST_CASE(
    "device: under any random strategy timers keep their order and the clock never goes back") {
  std::multiset<std::uint64_t> armed;
  std::uint64_t last_now = 0;
  bool in_order = true;
  Toy toy([&](Sim& sim) {
    armed.clear();
    last_now = 0;
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 4; ++i) {
      sim.task("t", i, [&sim, &file, &armed, &last_now, &in_order, i] {
        const Buffer buffer = Buffer::allocate(8);
        for (std::uint64_t n = 0; n < 5; ++n) {
          const std::uint64_t deadline = sim.now().ns + (i * 7 + n * 13) % 20;
          const Completion timer =
              sim.io().timer(Duration(deadline - sim.now().ns), [&, deadline](const Completion&) {
                in_order = in_order && deadline == *armed.begin() && sim.now().ns >= deadline;
                armed.erase(armed.begin());
              });
          armed.insert(deadline);
          static_cast<void>(sim.wait(file.pwrite(0, buffer)));
          in_order = in_order && sim.now().ns >= last_now;
          last_now = sim.now().ns;
          static_cast<void>(sim.wait(timer));
        }
      });
    }
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const RandomOrder order = seed % 2 == 0 ? RandomOrder::uniform : RandomOrder::latencies;
    REQUIRE(found(toy.run(*random_of(seed, "chaos", {order, true}))) == "");
    REQUIRE(in_order);
    REQUIRE(armed.empty());
  }
}

TEST_CASE("device: a timeout beats the I/O that it guards") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abc");
    const Completion timeout = s.sim.io().timer(Duration(1'000'000));
    s.wait(timeout);
    s.note(write.finished() ? "finished" : "in flight");
  });
  CHECK(script.run(lazy_plan({}, {"t/timer#1/fire", "t/timer#1/turn", "t/write(f)#1/delivery"})) ==
        Notes{"0 bytes", "in flight"});
}

TEST_CASE("device: a cancel is answered with what the scenario survives only") {
  for (const bool survived : {false, true}) {
    for (const std::uint32_t answer : {2u, 3u}) {
      DiskScript script([](Script& s) {
        const Completion write = s.write(0, "abcdef");
        write.cancel();
        s.wait(write);
      });
      script.faults.short_io = script.faults.retries = survived;
      const Notes& notes = script.run(lazy_plan({{"t/write(f)#1/cancel-answer", answer}}));
      CHECK((notes == Notes{"ECANCELED"}) == !survived);
    }
  }
}
