// Campaigns: how many random runs it takes to find something, measured over many seeds.
#pragma once

#include <reprise/replay/campaign/selftest.h>

namespace reprise {

/// Of each campaign, in which run, counted from 1, the first finding of any check was; nothing if
/// in none of `options.runs`. The seeds are drawn from options.cases.seed.
std::vector<std::optional<std::uint64_t>> random_campaigns(const Scenario& scenario,
                                                           const SelftestOptions& options,
                                                           StrategyChoice strategy);

}  // namespace reprise
