// Portfolio: the random strategies of a campaign. Different searches find different bugs, so runs
// are shared out among those that sim/strategy/list.cpp puts in the portfolio, by their seed.
#pragma once

#include <reprise/sim/strategy/list.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// What makes the decisions of a run, as `--strategy` names it; null: the portfolio.
using StrategyChoice = const NamedStrategy*;

inline constexpr std::string_view portfolio_name = "portfolio";

/// All names that `--strategy` takes.
std::vector<std::string> strategy_choice_names();

/// What `choice` comes down to for a seed: never the portfolio. Other choices stay what they are.
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
