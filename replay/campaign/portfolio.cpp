#include <reprise/replay/campaign/portfolio.h>

#include <reprise/sim/strategy/random_numbers.h>

#include <array>
#include <cstddef>

namespace reprise {

namespace {

constexpr std::array<std::string_view, 5> names = {"portfolio", "uniform", "latencies", "sync",
                                                   "lazy"};

Strategy& reseeded(std::unique_ptr<RandomStrategy>& strategy, const Profile& profile,
                   RandomOrder order, std::uint64_t seed) {
  if (!strategy) strategy = make_random_strategy(profile, {.order = order, .swarm = true});
  strategy->reseed(seed);
  return *strategy;
}

}  // namespace

std::string_view to_string(StrategyChoice choice) {
  return names[static_cast<std::size_t>(choice)];
}

std::optional<StrategyChoice> strategy_choice_from(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<StrategyChoice>(i);
  }
  return std::nullopt;
}

std::span<const std::string_view> strategy_choice_names() { return names; }

StrategyChoice pick_strategy(StrategyChoice choice, std::uint64_t seed) {
  if (choice != StrategyChoice::portfolio) return choice;
  return splitmix(seed) % 2 == 0 ? StrategyChoice::uniform : StrategyChoice::latencies;
}

Strategy& Portfolio::strategy_for(StrategyChoice choice, std::uint64_t seed) {
  switch (pick_strategy(choice, seed)) {
    case StrategyChoice::portfolio:
    case StrategyChoice::uniform: return reseeded(uniform_, profile_, RandomOrder::uniform, seed);
    case StrategyChoice::latencies:
      return reseeded(latencies_, profile_, RandomOrder::latencies, seed);
    case StrategyChoice::sync: calm_ = make_calm_strategy(Base::sync); break;
    case StrategyChoice::lazy: calm_ = make_calm_strategy(Base::lazy); break;
  }
  return *calm_;
}

}  // namespace reprise
