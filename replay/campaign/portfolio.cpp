#include <reprise/replay/campaign/portfolio.h>

#include <reprise/sim/strategy/random_numbers.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

std::vector<std::string> strategy_choice_names() {
  std::vector<std::string> names{std::string(portfolio_name)};
  for (const NamedStrategy& strategy : named_strategies()) names.emplace_back(strategy.name);
  return names;
}

const NamedStrategy& pick_strategy(StrategyChoice choice, std::uint64_t seed) {
  if (choice != nullptr) return *choice;
  const auto all = named_strategies();
  const auto count =
      static_cast<std::uint64_t>(std::ranges::count(all, true, &NamedStrategy::is_in_portfolio));
  std::uint64_t left = splitmix(seed) % count;
  for (const NamedStrategy& strategy : all) {
    if (strategy.is_in_portfolio && left-- == 0) return strategy;
  }
  return all.front();
}

Strategy& Portfolio::strategy_for(StrategyChoice choice, std::uint64_t seed) {
  const NamedStrategy& picked = pick_strategy(choice, seed);
  if (picked.base) {
    calm_ = make_calm_strategy(*picked.base);
    return *calm_;
  }
  auto& strategy = random_[static_cast<std::size_t>(&picked - named_strategies().data())];
  if (!strategy) strategy = picked.make(profile_);
  strategy->reseed(seed);
  return *strategy;
}

}  // namespace reprise
