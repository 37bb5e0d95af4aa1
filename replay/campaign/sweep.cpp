#include <reprise/replay/campaign/sweep.h>

#include <reprise/core/internal/open.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace reprise {

namespace {

/// All values of a short range but 0; of a long one its ends, its middle and the sectors' edges:
/// the first, the last, and some between.
std::vector<std::uint32_t> values_of(std::uint32_t arity) {
  constexpr std::uint32_t all_max = 8;
  constexpr std::uint32_t sector = 512;
  std::vector<std::uint32_t> values;
  if (arity <= all_max) {
    for (std::uint32_t value = 1; value < arity; ++value) values.push_back(value);
    return values;
  }
  values = {1, arity / 2};
  const auto add = [&](std::uint32_t value) {
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
  };
  for (std::uint32_t edge = sector; edge < arity && values.size() < all_max; edge *= 2) add(edge);
  const std::uint32_t last_edge = (arity - 1) / sector * sector;
  if (last_edge != 0) add(last_edge);
  add(arity - 1);
  return values;
}

bool asks(const Recording& recording, DecisionKind kind) {
  return std::ranges::any_of(recording.decisions, [&](const RecordedDecision& decision) {
    return decision.identity.kind() == kind;
  });
}

/// The `number`-th of `taken` numbers spread evenly over `total`.
std::uint64_t spread(std::uint64_t number, std::uint64_t taken, std::uint64_t total) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(number) * total / taken);
}

}  // namespace

// Neighbourhood.

Neighbourhood::Neighbourhood(Runner& runner, const Scenario& scenario, const RunOptions& options,
                             Plan plan, const Range& range)
    : plan_(std::move(plan)) {
  const std::unique_ptr<PlanStrategy> strategy = make_plan_strategy(plan_);
  const std::unique_ptr<Strategy> recorder =
      make_recording_strategy(*strategy, recording_, {.alternatives = true});
  const RunResult result = runner.run(scenario, *recorder, options);
  if (range.only_later && result.finding) return;
  const From from = range.only_later ? behind_last_difference(runner.names()) : From{};
  for (std::size_t i = from.decision; i < recording_.decisions.size(); ++i) {
    const RecordedDecision& decision = recording_.decisions[i];
    const bool is_varied = (range.varied & kinds(decision.identity.kind())) != 0;
    if (is_varied && decision.value == 0) add(i, false, values_of(decision.arity).size());
  }
  if (!range.overtakes) return;
  for (std::size_t i = from.event; i < recording_.events.size(); ++i) {
    add(i, true, recording_.events[i].alternative_count);
  }
}

void Neighbourhood::add(std::size_t index, bool is_order, std::uint64_t neighbours) {
  if (neighbours == 0) return;
  parts_.push_back({size_, index, is_order});
  size_ += neighbours;
}

Neighbourhood::From Neighbourhood::behind_last_difference(const Names& names) const {
  const From nowhere{recording_.decisions.size(), recording_.events.size()};
  const bool is_order = !plan_.order.empty();
  if (!is_order && plan_.decisions.empty()) return {};
  const std::string& text = is_order ? plan_.order.front() : plan_.decisions.back().identity;
  const std::optional<IdentityText> parsed = parse_identity(text);
  if (!parsed) return nowhere;
  const auto is_meant = [&](const auto& recorded) {
    return key_of(names, recorded.identity) == parsed->key();
  };
  if (is_order) {
    const auto event = std::ranges::find_if(recording_.events, is_meant);
    if (event == recording_.events.end()) return nowhere;
    const auto behind = static_cast<std::size_t>(event - recording_.events.begin()) + 1;
    const auto decision = std::ranges::find_if(
        recording_.decisions, [&](const auto& asked) { return asked.events_before >= behind; });
    return {static_cast<std::size_t>(decision - recording_.decisions.begin()), behind};
  }
  const auto decision = std::ranges::find_if(recording_.decisions, is_meant);
  if (decision == recording_.decisions.end()) return nowhere;
  return {static_cast<std::size_t>(decision - recording_.decisions.begin()) + 1,
          decision->events_before};
}

Plan Neighbourhood::neighbour(const Names& names, std::uint64_t number) const {
  const auto behind = std::ranges::upper_bound(parts_, number, {}, &Part::begin);
  const Part& part = *std::prev(behind);
  const std::size_t which = static_cast<std::size_t>(number - part.begin);
  Plan plan = plan_;
  if (part.is_order) {
    const RecordedEvent& event = recording_.events[part.index];
    plan.order.push_back(to_string(names, recording_.alternatives_of(event)[which]));
    plan.order.push_back(to_string(names, event.identity));
  } else {
    const RecordedDecision& decision = recording_.decisions[part.index];
    plan.decisions.push_back(
        {to_string(names, decision.identity), values_of(decision.arity)[which]});
  }
  return plan;
}

// Sweep.

Plan serial_plan(Base base) { return {base, {{"world#1/serial", 1}}, {}}; }

Sweep::Sweep(Runner& runner, const Scenario& scenario, Base base, const RunOptions& options,
             std::uint64_t most)
    : base_(base) {
  const auto look_around = [&](Plan plan, DecisionKinds varied, bool overtakes) {
    neighbourhoods_.emplace_back(runner, scenario, options, std::move(plan),
                                 Neighbourhood::Range{.varied = varied, .overtakes = overtakes});
  };
  look_around({base, {}, {}}, all_kinds, true);
  const bool is_serial_asked = asks(neighbourhoods_.front().recording(), DecisionKind::serial);
  const bool is_contract_asked = asks(neighbourhoods_.front().recording(), DecisionKind::contract);
  if (is_serial_asked) look_around(serial_plan(base), timing_kinds, false);
  if (is_contract_asked) look_around({base, {{"world#1/contract", 1}}, {}}, fault_kinds, false);
  for (const Neighbourhood& around : neighbourhoods_) total_ += around.size();
  taken_ = std::min(total_, most);
}

Plan Sweep::plan(const Names& names, std::uint64_t number) const {
  std::uint64_t left = spread(number, taken_, total_);
  std::size_t i = 0;
  while (left >= neighbourhoods_[i].size()) left -= neighbourhoods_[i++].size();
  return neighbourhoods_[i].neighbour(names, left);
}

bool Sweep::may_lose_power() const {
  return std::ranges::any_of(neighbourhoods_.front().recording().decisions,
                             [](const RecordedDecision& decision) {
                               return (kinds(decision.identity.kind()) & crash_kinds) != 0;
                             });
}

Points Sweep::points(const Names& names) const {
  Points points;
  for (const Neighbourhood& around : neighbourhoods_) {
    around.for_each_point(
        names, [&](std::string point, std::uint64_t plans) { points[std::move(point)] += plans; });
  }
  return points;
}

// PairSweep.

namespace {

constexpr DecisionKinds power_kinds = kinds_that(Effect::loses_power);

Neighbourhood::Range later_differences(PairSweep::Second second) {
  const bool is_power = second == PairSweep::Second::power_loss;
  return {.varied = is_power ? crash_kinds
                             : all_kinds & ~kinds(DecisionKind::serial, DecisionKind::contract),
          .overtakes = !is_power,
          .only_later = true};
}

bool loses_power(const Plan& plan) {
  return std::ranges::any_of(plan.decisions, [](const PlannedDecision& decision) {
    const std::optional<IdentityText> identity = parse_identity(decision.identity);
    return identity && (kinds(identity->kind) & power_kinds) != 0;
  });
}

}  // namespace

PairSweep::PairSweep(Runner& runner, const Scenario& scenario, const RunOptions& options,
                     const Sweep& sweep, const Limit& limit,
                     const std::function<void(std::uint64_t number)>& at)
    : runner_(runner),
      scenario_(scenario),
      options_(options),
      sweep_(sweep),
      second_(limit.second),
      seed_(limit.seed) {
  if (second_ == Second::power_loss && !sweep.may_lose_power()) return;
  for (std::uint64_t i = 0; i < firsts(); ++i) {
    at(std::min(i, sweep.size() - 1));
    begins_.push_back(total_);
    const Plan plan = first(i);
    if (second_ == Second::power_loss && loses_power(plan)) continue;
    total_ += around(plan).size();
  }
  taken_ = std::min(total_, limit.most);
}

std::uint64_t PairSweep::firsts() const {
  return sweep_.size() + (second_ == Second::power_loss ? 1 : 0);
}

Plan PairSweep::first(std::uint64_t number) const {
  if (second_ == Second::any) return sweep_.plan(runner_.names(), number);
  return number == 0 ? sweep_.base_plan() : sweep_.plan(runner_.names(), number - 1);
}

Neighbourhood PairSweep::around(const Plan& first) const {
  return {runner_, scenario_, options_, first, later_differences(second_)};
}

Plan PairSweep::plan(std::uint64_t number) {
  std::uint64_t pair = spread(number, taken_, total_);
  if (taken_ < total_) {  // one of the stratum, drawn
    const std::uint64_t width = spread(number + 1, taken_, total_) - pair;
    pair += mix(seed_, number) % width;
  }
  // The last of those that begin there: the others have no pairs.
  const auto behind = std::ranges::upper_bound(begins_, pair);
  const auto index = static_cast<std::uint64_t>(behind - begins_.begin()) - 1;
  if (!current_ || current_index_ != index) {
    current_.emplace(around(first(index)));
    current_index_ = index;
  }
  return current_->neighbour(runner_.names(), pair - begins_[index]);
}

}  // namespace reprise
