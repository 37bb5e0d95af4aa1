#include <reprise/replay/campaign/selftest.h>
#include <reprise/replay/campaign/selftest_campaigns.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

constexpr std::string_view broken_suffix = "/broken";
constexpr std::string_view mended_suffix = "/mended";

/// Notes of the check that the pair is about count as findings.
HuntOptions hunt_options(const SelftestOptions& options, const std::string& check) {
  HuntOptions hunt;
  hunt.cases = options.cases;
  hunt.cases.run.checks.errors.insert(check);
  hunt.mix.random_max = options.runs;
  hunt.workers = options.workers;
  hunt.worker = options.worker;
  hunt.stopped = options.stopped;
  return hunt;
}

void take_broken(const HuntResult& result, PairResult& pair) {
  pair.runs = result.runs;
  for (std::size_t i = 0; i < static_cast<std::size_t>(CaseKind::random); ++i) {
    pair.plans += result.sizes[i];
  }
  for (const auto& [signature, sighting] : result.sightings) {
    if (sighting.first.kind != CaseKind::random) {
      const std::uint64_t plan = result.ordinal_of(sighting.first);
      if (!pair.first_plan || plan < *pair.first_plan) pair.first_plan = plan;
    }
    if (sighting.check != pair.check) {
      pair.found_by_others[sighting.check] += sighting.count;
      continue;
    }
    pair.found += sighting.count;
    const std::uint64_t ordinal = result.ordinal_of(sighting.first);
    if (!pair.first_found || ordinal < *pair.first_found) pair.first_found = ordinal;
  }
}

CampaignsResult summary(StrategyChoice strategy, std::vector<std::optional<std::uint64_t>> firsts) {
  CampaignsResult result;
  result.strategy = strategy;
  std::ranges::sort(firsts, {}, [](const auto& first) { return first.value_or(UINT64_MAX); });
  for (const auto& first : firsts) result.found += first ? 1U : 0U;
  if (!firsts.empty()) result.median = firsts[firsts.size() / 2];
  return result;
}

bool is_sooner(const CampaignsResult& a, const CampaignsResult& b) {
  const auto median = [](const CampaignsResult& of) { return of.median.value_or(UINT64_MAX); };
  return median(a) != median(b) ? median(a) < median(b) : a.found > b.found;
}

std::optional<CampaignsResult> measure(const Scenario& broken, const SelftestOptions& options) {
  std::optional<CampaignsResult> best;
  if (options.campaigns == 0) return best;
  for (const StrategyChoice strategy : {StrategyChoice::uniform, StrategyChoice::latencies}) {
    const CampaignsResult result = summary(strategy, random_campaigns(broken, options, strategy));
    if (!best || is_sooner(result, *best)) best = result;
  }
  return best;
}

}  // namespace

std::vector<std::string> match_pairs(const std::string& pattern) {
  std::string_view name = pattern;
  if (name.ends_with(broken_suffix)) name.remove_suffix(broken_suffix.size());
  if (name.ends_with(mended_suffix)) name.remove_suffix(mended_suffix.size());
  std::vector<std::string> pairs;
  for (const Scenario* const mended :
       match_scenarios(std::string(name) + std::string(mended_suffix))) {
    if (!mended->canary) continue;
    pairs.push_back(mended->name.substr(0, mended->name.size() - mended_suffix.size()));
  }
  return pairs;
}

PairResult selftest_pair(const std::string& pair, const SelftestOptions& options) {
  PairResult result;
  result.pair = pair;
  const Scenario* const broken = find_scenario(pair + std::string(broken_suffix));
  const Scenario* const mended = find_scenario(pair + std::string(mended_suffix));
  if (broken == nullptr || mended == nullptr) {
    result.failure = "one of the two halves is not registered";
    return result;
  }
  result.check = broken->finds;
  HuntOptions hunt_broken = hunt_options(options, result.check);
  hunt_broken.keep_going = true;
  hunt_broken.worker.silent = true;
  const HuntResult broken_result = hunt(*broken, hunt_broken);
  take_broken(broken_result, result);
  result.is_any_check = !options.is_watched;
  SelftestOptions campaigns = options;
  campaigns.cases.run.checks.errors.insert(result.check);
  campaigns.worker.silent = true;
  result.random = measure(*broken, campaigns);
  const HuntResult mended_result = hunt(*mended, hunt_options(options, result.check));
  result.mended_runs = mended_result.runs;
  for (const auto& [signature, sighting] : mended_result.sightings) {
    result.mended_findings.push_back(signature);
  }
  result.failure = broken_result.failure.empty() ? mended_result.failure : broken_result.failure;
  return result;
}

}  // namespace reprise
