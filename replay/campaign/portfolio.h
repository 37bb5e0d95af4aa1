// Portfolio: the random strategies of a campaign. Different searches find different bugs, so runs
// are shared out among them, by their seed. A new one is an enumerator, its name and its factory
// call.
#pragma once

#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace reprise {

/// What makes the decisions of a run, as `--strategy` names it.
enum class StrategyChoice : std::uint8_t {
  portfolio,  // `uniform` or `latencies`, by the seed
  uniform,    // any enabled event, each equally likely
  latencies,  // each I/O gets a latency; the earliest first
  sync,       // the calm run of the base `sync`
  lazy,       // the calm run of the base `lazy`
};

std::string_view to_string(StrategyChoice choice);
std::optional<StrategyChoice> strategy_choice_from(std::string_view name);
/// All names, in the order of the enumerators.
std::span<const std::string_view> strategy_choice_names();

/// What `choice` comes down to for a seed: never `portfolio`. Other choices stay what they are.
StrategyChoice pick_strategy(StrategyChoice choice, std::uint64_t seed);

/// Keeps one strategy of each kind, made when first used and used again for run after run.
class Portfolio {
 public:
  explicit Portfolio(const Profile& profile) : profile_(profile) {}

  /// The strategy for a run from `seed`, ready to begin. Valid until the next call.
  Strategy& strategy_for(StrategyChoice choice, std::uint64_t seed);

 private:
  Profile profile_;
  std::unique_ptr<RandomStrategy> uniform_;
  std::unique_ptr<RandomStrategy> latencies_;
  std::unique_ptr<Strategy> calm_;
};

}  // namespace reprise
