// Each broken machine of scenarios/network that a fault of the network breaks is found by that
// fault alone: with all others and without it nothing is found.
#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using namespace reprise;

namespace {

struct Fault {
  std::string_view pair;
  DecisionKinds kinds;
};

constexpr std::array faults{
    Fault{"network/asked-once", kinds(DecisionKind::datagram)},
    Fault{"network/counted-twice", kinds(DecisionKind::datagram)},
    Fault{"network/went-back", kinds(DecisionKind::datagram)},
    Fault{"network/no-checksum", kinds(DecisionKind::corrupt)},
    Fault{"network/ignored-round-trip", kinds(DecisionKind::latency, DecisionKind::jitter)},
    Fault{"network/told-once", kinds(DecisionKind::partition)},
    Fault{"network/one-attempt", kinds(DecisionKind::connection, DecisionKind::reset)},
    Fault{"network/sent-twice", kinds(DecisionKind::connection, DecisionKind::reset)},
};

/// The check that finds something in random runs without these kinds, or "".
std::string found_without(const Scenario& scenario, DecisionKinds without) {
  constexpr std::uint64_t seeds = 1'000;
  Profile profile = *built_in_profile("chaos");
  for (const DecisionKindRow& row : decision_kinds) {
    if ((without & kinds(row.kind)) != 0) profile.rate(row.kind) = {0, 1};
  }
  Runner runner;
  for (const RandomOrder order : {RandomOrder::uniform, RandomOrder::latencies}) {
    const auto strategy = make_random_strategy(profile, {.order = order});
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      strategy->reseed(seed);
      const RunResult result = runner.run_checked(scenario, *strategy, {}, false);
      if (result.finding) return result.finding->check + " with seed " + std::to_string(seed);
    }
  }
  return "";
}

}  // namespace

TEST_CASE("network pairs: only the fault of a pair breaks its broken machine") {
  for (const Fault& fault : faults) {
    const std::string name = std::string(fault.pair) + "/broken";
    CAPTURE(name);
    const Scenario* const scenario = find_scenario(name);
    REQUIRE(scenario != nullptr);
    CHECK(found_without(*scenario, 0) != "");
    CHECK(found_without(*scenario, fault.kinds) == "");
  }
}
