// The loop is compiled twice, for attended runs and for bare ones: both make the same run.
#include <reprise/sim/runner.h>

#include <doctest/doctest.h>
#include <reprise/reprise.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <deque>
#include <string>

using namespace reprise;

namespace {

struct Machine {
  File& file;
  Buffer buffer = Buffer::allocate(16);
  Completion pending = {};
  int stage = 0;

  IOResult<int> step() {
    for (; stage < 3; ++stage) {
      if (!pending) pending = stage == 1 ? file.pwrite(0, buffer) : file.pread(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion ended = std::exchange(pending, {});
      if (!ended.succeeded()) return ended.get_error();
    }
    return stage;
  }
};

template <int tasks>
void scenario(Sim& sim) {
  sim.survives(
      {.errors = true, .retries = true, .short_io = true, .cancels = true, .spurious = true});
  sim.reads_may_race_writes();
  std::deque<Machine> machines;  // they do not move
  for (int i = 0; i < tasks; ++i) {
    const std::string name = "t" + std::to_string(i);
    Machine& machine = machines.emplace_back(Machine{sim.open(name)});
    if (i % 2 == 0) {
      sim.drive(name, [&machine] { return machine.step(); });
    } else {
      sim.task(name, [&sim, &machine] {
        static_cast<void>(sim.await([&machine] { return machine.step(); }));
        sim.sleep(Duration(2));
      });
    }
  }
  sim.run();
}

/// The number of seeds whose two runs differ.
int differing(void (*body)(Sim&), RandomOrder order, std::uint64_t seeds) {
  Profile profile = *built_in_profile("default");
  profile.rate(DecisionKind::yield) = {0, 1};  // a bare run has none
  const auto random = make_random_strategy(profile, {order, true});
  const internal::Scenario toy{"toy", body, "", false};
  Runner runner;
  RunOptions options;
  int different = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::uint64_t digests[2] = {};
    for (const bool observed : {false, true}) {
      options.observed = observed;
      random->reseed(seed);
      const RunResult result = runner.run(toy, *random, options);
      CHECK_FALSE(result.finding.has_value());
      digests[observed ? 1 : 0] = result.digest;
    }
    different += digests[0] != digests[1] ? 1 : 0;
  }
  return different;
}

}  // namespace

TEST_CASE("loop: bare runs and attended ones of the same seed are the same") {
  CHECK(differing(&scenario<3>, RandomOrder::uniform, 200) == 0);
  CHECK(differing(&scenario<3>, RandomOrder::latencies, 200) == 0);
}

TEST_CASE("loop: so are those with so many events that memory is fetched early") {
  CHECK(differing(&scenario<1500>, RandomOrder::latencies, 4) == 0);
}
