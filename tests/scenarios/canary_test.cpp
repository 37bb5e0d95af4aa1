// Each pair of scenarios/: the broken machine is found by the check that its pair names, the mended
// one survives the same runs.
#include "tests/support/sanitized.h"

#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

using namespace reprise;

namespace {

// What a power loss leaves has many forms; such runs are short.
std::uint64_t seeds_of(const Scenario& scenario) {
  return scenario.name.starts_with("durability/") ? 4'000 : 400;
}

RunOptions options() {
  RunOptions options;
  options.events_max = 100'000;
  return options;
}

// Runs seeds 1, 2, ... until there is a finding; its check, or "" if there is none.
std::string first_finding(const Scenario& scenario) {
  Runner runner;
  const Profile chaos = *built_in_profile("chaos");
  const std::unique_ptr<RandomStrategy> strategies[] = {
      make_random_strategy(chaos, {.order = RandomOrder::uniform}),
      make_random_strategy(chaos, {.order = RandomOrder::latencies})};
  for (std::uint64_t seed = 1; seed <= seeds_of(scenario); ++seed) {
    RandomStrategy& strategy = *strategies[seed % 2];
    strategy.reseed(seed);
    const bool twice = seed % 16 == 0;
    const RunResult result = runner.run_checked(scenario, strategy, options(), twice);
    if (result.finding) return result.finding->check;
  }
  return "";
}

// AddressSanitizer's allocator fills all blocks alike.
bool can_be_found_here(const Scenario& scenario) {
  return !tests::is_sanitized || scenario.name != "determinism/garbage/broken";
}

}  // namespace

TEST_CASE("canaries: each broken machine is found by its check") {
  for (const Scenario& scenario : scenarios()) {
    if (!scenario.broken() || !can_be_found_here(scenario)) continue;
    CAPTURE(scenario.name);
    CHECK(stands_for(scenario.finds, first_finding(scenario)));
  }
}

TEST_CASE("canaries: no check flags a mended machine") {
  for (const Scenario& scenario : scenarios()) {
    if (!scenario.canary || scenario.broken()) continue;
    CAPTURE(scenario.name);
    CHECK(first_finding(scenario) == "");
  }
}

TEST_CASE("scenarios: all others are clean and deterministic in calm runs") {
  Runner runner;
  for (const Scenario& scenario : scenarios()) {
    if (scenario.canary) continue;
    CAPTURE(scenario.name);
    for (const Base base : {Base::sync, Base::lazy}) {
      const std::unique_ptr<Strategy> calm = make_calm_strategy(base);
      CHECK_FALSE(runner.run_checked(scenario, *calm, options(), true).finding.has_value());
    }
    CHECK(first_finding(scenario) == "");
  }
}
