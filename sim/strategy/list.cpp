#include <reprise/sim/strategy/list.h>

#include <algorithm>
#include <array>

namespace reprise {

namespace {

std::unique_ptr<RandomStrategy> uniform(const Profile& profile) {
  return make_random_strategy(profile, {.order = RandomOrder::uniform, .swarm = true});
}
std::unique_ptr<RandomStrategy> latencies(const Profile& profile) {
  return make_random_strategy(profile, {.order = RandomOrder::latencies, .swarm = true});
}

// The portfolio's order decides which seed goes to which strategy, so new rows stand at the end.
constexpr std::array strategies{
    NamedStrategy{"uniform", std::nullopt, true, uniform},
    NamedStrategy{"latencies", std::nullopt, true, latencies},
    NamedStrategy{"sync", Base::sync},
    NamedStrategy{"lazy", Base::lazy},
};

}  // namespace

std::span<const NamedStrategy> named_strategies() { return strategies; }

const NamedStrategy* find_strategy(std::string_view name) {
  const auto at = std::ranges::find(strategies, name, &NamedStrategy::name);
  return at != strategies.end() ? &*at : nullptr;
}

}  // namespace reprise
