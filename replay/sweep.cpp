#include <reprise/replay/sweep.h>

#include <memory>
#include <string>
#include <utility>

namespace reprise {

namespace {

/// All values of a short range but 0; of a long one its ends, its middle and the sectors' edges.
std::vector<std::uint32_t> values_of(std::uint32_t arity) {
  constexpr std::uint32_t all_max = 8;
  std::vector<std::uint32_t> values;
  if (arity <= all_max) {
    for (std::uint32_t value = 1; value < arity; ++value) values.push_back(value);
    return values;
  }
  values = {1, arity / 2};
  for (std::uint32_t edge = 512; edge < arity && values.size() < all_max; edge *= 2) {
    if (edge != arity / 2) values.push_back(edge);
  }
  values.push_back(arity - 1);
  return values;
}

Recording record_neighbourhood(Runner& runner, const Scenario& scenario, const Plan& plan,
                               const RunOptions& options) {
  const std::unique_ptr<PlanStrategy> strategy = make_plan_strategy(plan);
  Recording recording;
  const std::unique_ptr<Strategy> recorder =
      make_recording_strategy(*strategy, recording, {.alternatives = true});
  static_cast<void>(runner.run(scenario, *recorder, options));
  return recording;
}

void add_decisions(const Recording& recording, const Names& names, const Plan& base, Aspects varied,
                   std::vector<Plan>& plans) {
  for (const RecordedDecision& decision : recording.decisions) {
    if ((varied & aspects(decision.identity.aspect)) == 0) continue;
    for (const std::uint32_t value : values_of(decision.arity)) {
      Plan plan = base;
      plan.decisions.push_back({to_string(names, decision.identity), value});
      plans.push_back(std::move(plan));
    }
  }
}

void add_overtakings(const Recording& recording, const Names& names, const Plan& base,
                     std::vector<Plan>& plans) {
  for (const RecordedEvent& event : recording.events) {
    for (const Identity& other : recording.alternatives_of(event)) {
      Plan plan = base;
      plan.order = {to_string(names, other), to_string(names, event.identity)};
      plans.push_back(std::move(plan));
    }
  }
}

}  // namespace

std::vector<Plan> sweep_plans(Runner& runner, const Scenario& scenario, Base base,
                              const RunOptions& options) {
  Plan calm;
  calm.base = base;
  std::vector<Plan> plans = {calm};
  const Recording recording = record_neighbourhood(runner, scenario, calm, options);
  const Names& names = runner.names();
  add_decisions(recording, names, calm, all_aspects, plans);
  add_overtakings(recording, names, calm, plans);
  for (const RecordedDecision& decision : recording.decisions) {
    if (decision.identity.aspect != Aspect::serial) continue;
    Plan serial = calm;
    serial.decisions.push_back({to_string(names, decision.identity), 1});
    const Recording around = record_neighbourhood(runner, scenario, serial, options);
    constexpr Aspects timing = timing_aspects & ~aspects(Aspect::serial);
    add_decisions(around, names, serial, timing, plans);
    break;
  }
  return plans;
}

}  // namespace reprise
