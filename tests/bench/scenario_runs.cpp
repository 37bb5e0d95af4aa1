#include "tests/bench/scenario_runs.h"

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/cases.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace reprise::bench {

namespace {

class ScenarioRuns final : public Workload {
 public:
  ScenarioRuns(std::vector<const Scenario*> scenarios, Checks checks)
      : scenarios_(std::move(scenarios)),
        runners_(scenarios_.size()),
        has_determinism_(checks == Checks::all) {
    if (checks != Checks::crash_only) return;
    for (const std::string& name : check_names()) {
      if (name != check_name::crash) options_.checks.off.insert(name);
    }
  }

  RunStats run(std::uint64_t seed) override {
    RunStats total;
    for (std::size_t i = 0; i < scenarios_.size(); ++i) {
      const RunStats stats = run_one(i, seed, (seed + i) % run_twice_every == 0);
      total.ios += stats.ios;
      total.events += stats.events;
      total.decisions += stats.decisions;
    }
    return total;
  }
  // Looks up most of the debug information that later runs of determinism need.
  void warm_up() override {
    const std::size_t runs_each = std::max(64 / scenarios_.size(), std::size_t{4});
    for (std::size_t i = 0; i < scenarios_.size(); ++i) {
      for (std::uint64_t seed = 0; seed < runs_each; ++seed) {
        static_cast<void>(run_one(i, seed, true));
      }
    }
  }

  std::uint64_t runs_per_seed() const override { return scenarios_.size(); }

 private:
  RunStats run_one(std::size_t i, std::uint64_t seed, bool twice) {
    random_->reseed(seed);
    return stats_of(
        runners_[i].run_checked(*scenarios_[i], *random_, options_, twice && has_determinism_));
  }

  std::vector<const Scenario*> scenarios_;
  std::deque<Runner> runners_;  // one for each scenario, as in a search
  RunOptions options_;
  bool has_determinism_;
  std::unique_ptr<RandomStrategy> random_ = make_random_strategy(*built_in_profile("default"));
};

}  // namespace

std::unique_ptr<Workload> make_scenario_runs(std::string_view pattern, Checks checks) {
  std::vector<const Scenario*> scenarios = match_scenarios(pattern);
  REPRISE_ASSERT(!scenarios.empty(), "the benchmark is linked without the scenarios it measures");
  return std::make_unique<ScenarioRuns>(std::move(scenarios), checks);
}

}  // namespace reprise::bench
