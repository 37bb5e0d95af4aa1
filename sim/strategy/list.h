// The strategies by name, one row each. A new strategy is a file in this folder, a factory in
// strategy.h and a row in list.cpp; --strategy, its help, the portfolio and selftest follow.
#pragma once

#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace reprise {

struct NamedStrategy {
  std::string_view name;  // as --strategy has it
  /// For a calm strategy, the base whose calm run it makes; random strategies have none.
  std::optional<Base> base;
  /// Whether it gets a share of a campaign's random runs.
  bool is_in_portfolio = false;
  /// Makes a random strategy; a calm one needs no factory of its own.
  std::unique_ptr<RandomStrategy> (*make)(const Profile& profile) = nullptr;
};

std::span<const NamedStrategy> named_strategies();
/// The strategy of this name, or null.
const NamedStrategy* find_strategy(std::string_view name);

}  // namespace reprise
