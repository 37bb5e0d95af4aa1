// The strategies by name: one row each. A new one is a file in this folder, its factory in
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
  /// For a calm strategy the base whose own run it makes; random ones have none.
  std::optional<Base> base;
  /// Whether a campaign's random runs are shared out to it.
  bool is_in_portfolio = false;
  /// Makes a random strategy; a calm one needs no factory of its own.
  std::unique_ptr<RandomStrategy> (*make)(const Profile& profile) = nullptr;
};

std::span<const NamedStrategy> named_strategies();
/// Null if there is none of this name.
const NamedStrategy* find_strategy(std::string_view name);

}  // namespace reprise
