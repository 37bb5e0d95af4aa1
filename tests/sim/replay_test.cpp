#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Three reads in flight at once as one group, under two open await sites; then a write. Nothing
/// in it depends on timing, and it survives everything.
struct Worker {
  Worker(File& its_file, IO& its_io) : file(its_file), io(its_io) {}

  File& file;
  IO& io;
  std::vector<Buffer> buffers = std::vector<Buffer>(3, Buffer::allocate(64));
  Completion pending;
  int stage = 0;

  IOResult<Unit> step(int operations) {
    while (stage < operations) {
      const bool good = RETURN_IF_IO(one());
      static_cast<void>(good);
      ++stage;
    }
    stage = 0;
    return Unit{};
  }
  IOResult<bool> one() {
    RETURN_IF_IO(wait_for(stage % 3));
    return true;
  }
  IOResult<Unit> wait_for(int kind) {
    if (!pending) {
      pending = submit(kind);
      pending.ignore();
    }
    if (!pending.finished()) {
      if (kind == 1) return pending;  // no macro: a wait without a name
      IO_YIELD_ONE(pending);
    }
    pending = {};
    return Unit{};
  }
  Completion submit(int kind) {
    if (kind == 0) return file.pwrite(0, buffers[0]);
    if (kind == 2) return io.timer(Duration(3));
    CompletionGroup group;
    for (std::size_t i = 0; i < buffers.size(); ++i) group.add(file.pread(64 * i, buffers[i]));
    return group.build();
  }
};

void everything(Sim& sim) {
  Faults faults;
  faults.errors = faults.refusals = faults.retries = faults.short_io = faults.cancels = true;
  faults.abandons = faults.spurious = faults.yields_before_calls = true;
  sim.survives(faults);
  Worker first(sim.open("a"), sim.io());
  Worker second(sim.open("b"), sim.io());
  Completion shared;
  sim.always("not far at once", [&] { return first.stage + second.stage < 5; });
  sim.task("first", [&] {
    AwaitOptions options;
    options.abandon = [&] {
      first.stage = 0;  // what is in flight stays, and the next operation waits for it again
    };
    for (std::uint32_t i = 0; i < 2 + sim.choose("more", 3); ++i) {
      static_cast<void>(sim.await([&] { return first.step(4); }, options));
    }
    shared = sim.io().timer(Duration(5));
    static_cast<void>(sim.wait(shared));
    sim.task("late", [&] { sim.yield(); });
  });
  sim.task("second", [&] {
    static_cast<void>(sim.await([&] { return second.step(3); }));
    if (shared) static_cast<void>(sim.wait(shared));
    sim.yield();
  });
  sim.drive("third", [&]() -> IOResult<Unit> {
    if (!shared) return IOCompletions::explicit_yield();
    if (!shared.finished()) return shared;
    return Unit{};
  });
  sim.run();
}

}  // namespace

TEST_CASE("replay: a full recording gives the same run byte for byte whatever was drawn") {
  Toy toy(everything);
  RunOptions options;
  options.checks.off = {"overlap"};  // it would stop most runs: buffers of abandoned reads are used
  int stopped = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    CAPTURE(seed);
    const RandomOrder order = seed % 2 == 0 ? RandomOrder::uniform : RandomOrder::latencies;
    const std::unique_ptr<RandomStrategy> strategy =
        random_of(seed, seed % 3 == 0 ? "default" : "chaos", {order, seed % 5 != 0});
    const Plan plan = toy.record(*strategy, {}, options);
    const RunResult recorded = toy.recorded();
    const RunResult again = toy.run(plan, options);
    REQUIRE(events_of(again) == events_of(recorded));
    REQUIRE(again.digest == recorded.digest);
    REQUIRE(toy.missed().none());
    stopped += recorded.finding ? 1 : 0;
  }
  // Both kinds: those that a finding has stopped in the middle, and those that came to their end.
  CHECK(stopped > 50);
  CHECK(stopped < 550);
}

TEST_CASE("replay: what a power loss left enabled is held back until then") {
  Toy toy([](Sim& sim) {
    sim.recovers([&] { static_cast<void>(sim.wait(sim.open("a").sync())); });
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&, i] {
        File& file = sim.open(i == 0 ? "a" : "b");
        for (int n = 0; n < 3; ++n) {
          static_cast<void>(sim.wait(file.pwrite(0, Buffer::allocate(8))));
          sim.sleep(Duration(5));
        }
      });
    }
    sim.run();
  });
  std::uint64_t losses = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Plan plan = toy.record(*random_of(seed));
    const RunResult recorded = toy.recorded();
    losses += recorded.stats.power_losses;
    CHECK(toy.run(plan).digest == recorded.digest);
    CHECK(toy.missed().none());
  }
  CHECK(losses > 0);
}
