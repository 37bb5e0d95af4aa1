// Portfolio: the random strategies of a campaign. Different strategies find different bugs, so runs
// are shared out, by their seed, among the strategies that sim/strategy/list.cpp puts in the
// portfolio.
#pragma once

#include <reprise/sim/strategy/list.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The strategy of a run, as `--strategy` names it; null: the portfolio.
using StrategyChoice = const NamedStrategy*;

inline constexpr std::string_view portfolio_name = "portfolio";

/// All names that `--strategy` takes.
std::vector<std::string> strategy_choice_names();

/// The strategy that `choice` means for a seed: one of the portfolio's, if that was chosen.
const NamedStrategy& pick_strategy(StrategyChoice choice, std::uint64_t seed);

/// Keeps one strategy of each kind, made when first used and used again for run after run.
class Portfolio {
 public:
  explicit Portfolio(const Profile& profile)
      : profile_(profile), random_(named_strategies().size()) {}

  /// The strategy for a run from `seed`, ready to begin. Valid until the next call.
  Strategy& strategy_for(StrategyChoice choice, std::uint64_t seed);

 private:
  Profile profile_;
  std::vector<std::unique_ptr<RandomStrategy>> random_;  // by index in named_strategies()
  std::unique_ptr<Strategy> calm_;
};

}  // namespace reprise
