#include <reprise/replay/sweep.h>

#include <algorithm>
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

/// A plan and what its run was asked; neighbours are numbered, and made only when they are wanted:
/// a long run has millions.
struct Neighbourhood {
  Plan plan;
  Recording recording;
  Aspects varied = 0;  // which decisions; none that are not 0 in `plan`
  bool overtakes = false;

  /// Calls `visit` with a function that gives the neighbour, for each.
  template <class Visit>
  void for_each(const Names& names, Visit visit) const {
    for (const RecordedDecision& decision : recording.decisions) {
      if ((varied & aspects(decision.identity.aspect)) == 0) continue;
      for (const std::uint32_t value : values_of(decision.arity)) {
        visit([&] {
          Plan neighbour = plan;
          neighbour.decisions.push_back({to_string(names, decision.identity), value});
          return neighbour;
        });
      }
    }
    if (!overtakes) return;
    for (const RecordedEvent& event : recording.events) {
      for (const Identity& other : recording.alternatives_of(event)) {
        visit([&] {
          Plan neighbour = plan;
          neighbour.order = {to_string(names, other), to_string(names, event.identity)};
          return neighbour;
        });
      }
    }
  }
};

bool has_serial(const Recording& recording) {
  return std::ranges::any_of(recording.decisions, [](const RecordedDecision& decision) {
    return decision.identity.aspect == Aspect::serial;
  });
}

}  // namespace

Plan serial_plan(Base base) { return {base, {{"world#1/serial", 1}}, {}}; }

std::vector<Plan> sweep_plans(Runner& runner, const Scenario& scenario, Base base,
                              const RunOptions& options, std::uint64_t most) {
  std::vector<Neighbourhood> neighbourhoods;
  const auto look_around = [&](const Plan& plan, Aspects varied, bool overtakes) {
    neighbourhoods.push_back(
        {plan, record_neighbourhood(runner, scenario, plan, options), varied, overtakes});
  };
  look_around({base, {}, {}}, all_aspects, true);
  if (has_serial(neighbourhoods.front().recording)) {
    look_around(serial_plan(base), timing_aspects & ~aspects(Aspect::serial), false);
  }

  std::uint64_t all = 0;
  for (const Neighbourhood& around : neighbourhoods) {
    around.for_each(runner.names(), [&](const auto&) { ++all; });
  }
  const std::uint64_t wanted = std::min(all, most);
  std::vector<Plan> plans;
  std::uint64_t number = 0;
  for (const Neighbourhood& around : neighbourhoods) {
    around.for_each(runner.names(), [&](const auto& neighbour) {
      // The i-th plan wanted is neighbour i * all / wanted.
      if (plans.size() < wanted && number == plans.size() * all / wanted) {
        plans.push_back(neighbour());
      }
      ++number;
    });
  }
  return plans;
}

}  // namespace reprise
