#include <reprise/replay/campaign/survival_plans.h>

#include <reprise/replay/campaign/sweep.h>
#include <reprise/sim/plan/decision_kind.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

Neighbourhood::Range later(DecisionKind kind) {
  return {.varied = kinds(kind), .overtakes = false, .only_later = true};
}

std::uint64_t states_of(const Recording& recording) {
  std::uint64_t states = 1;
  for (const RecordedDecision& decision : recording.decisions) {
    if (decision.identity.kind() != DecisionKind::survives) continue;
    states = decision.arity < UINT32_MAX / states ? states * decision.arity : UINT32_MAX;
  }
  return states;
}

}  // namespace

SurvivalPlans survival_plans(Runner& runner, const Scenario& scenario, const RunOptions& options,
                             const Plan& plan, std::uint64_t most) {
  SurvivalPlans all;
  const auto take = [&](const Neighbourhood& around, auto wanted) {
    for (std::uint64_t i = 0; i < around.size() && all.plans.size() < most; ++i) {
      Plan neighbour = around.neighbour(runner.names(), i);
      if (wanted(neighbour.decisions.back().value)) all.plans.push_back(std::move(neighbour));
    }
  };
  const Neighbourhood modes(runner, scenario, options, plan, later(DecisionKind::survival));
  take(modes, [](std::uint32_t mode) { return mode == 1; });
  for (std::uint64_t i = 0; i < modes.size(); ++i) {
    const Plan each = modes.neighbour(runner.names(), i);
    if (each.decisions.back().value != 2) continue;
    const Neighbourhood changes(runner, scenario, options, each, later(DecisionKind::survives));
    all.states = std::max(all.states, states_of(changes.recording()));
    take(changes, [](std::uint32_t) { return true; });
  }
  return all;
}

}  // namespace reprise
