// Runs of code that is compiled with the store watch, in a program linked with reprise::watch.
#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <memory>
#include <vector>

using namespace reprise;

namespace {

struct Adder {
  std::uint64_t& sum;
  bool waited = false;

  IOResult<Unit> add() {
    if (!waited) {
      waited = true;
      IO_YIELD_ONE(Completion::yield());
    }
    std::vector<std::uint64_t> scratch(100, sum);  // memory of this entry only
    sum = scratch.back() + 1;
    return Unit{};
  }
};

template <bool shared>
void two_adders(Sim& sim) {
  std::uint64_t sums[2] = {};
  Adder a{sums[0]};
  Adder b{sums[shared ? 0 : 1]};
  sim.drive("a", [&] { return a.add(); });
  sim.drive("b", [&] { return b.add(); });
  sim.run();
}

std::vector<Footprint> footprints(ScenarioBody body, bool wanted = true) {
  Runner runner;
  RunOptions options;
  options.footprints = wanted;
  return runner.run({"footprints", body, "", false}, *make_calm_strategy(Base::lazy), options)
      .footprints;
}

// The last entry of each task.
bool last_entries_commute(const std::vector<Footprint>& all) {
  REQUIRE(all.size() == 4);
  REQUIRE(all[2].task != all[3].task);
  return all[2].commutes_with(all[3]);
}

}  // namespace

TEST_CASE("watched: entries that share no memory commute and those that share some do not") {
  CHECK(last_entries_commute(footprints(two_adders<false>)));
  CHECK_FALSE(last_entries_commute(footprints(two_adders<true>)));
}

TEST_CASE("watched: a footprint has what outlives the entry and names its event") {
  const std::vector<Footprint> all = footprints(two_adders<false>);
  REQUIRE(all.size() == 4);
  CHECK(all[0].event == 1);
  CHECK(all[0].stored.size() == 1);  // `waited`
  CHECK(all[2].stored.size() == 1);  // the sum, and not the scratch
  CHECK_FALSE(all[2].loaded.empty());
}

TEST_CASE("watched: footprints are kept only if they are asked for") {
  CHECK(footprints(two_adders<false>, false).empty());
}
