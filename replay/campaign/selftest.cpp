#include <reprise/replay/campaign/selftest.h>

#include <reprise/replay/campaign/seed.h>
#include <reprise/replay/worker/heartbeat.h>
#include <reprise/replay/worker/message.h>
#include <reprise/sim/check_names.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

constexpr std::string_view broken_suffix = "/broken";
constexpr std::string_view mended_suffix = "/mended";

/// Notes of the check that the pair is about count as findings.
SearchOptions search_options(const SelftestOptions& options, const std::string& check) {
  SearchOptions search = options.search;
  for (std::string& meant : checks_named(check)) {
    search.cases.run.checks.errors.insert(std::move(meant));
  }
  search.mix.random_max = options.runs;
  // Pairs that lose power; a look at what is likely does for them.
  search.mix.crashes = true;
  search.cases.crashes_max = 300;
  search.cases.crash_limits = {.states_max = 64, .nested_max = 16};
  return search;
}

void take_broken(const SearchResult& result, PairResult& pair) {
  pair.runs = result.runs;
  for (std::size_t i = 0; i < static_cast<std::size_t>(CaseKind::random); ++i) {
    pair.plans += result.sizes[i];
  }
  for (const auto& [signature, hit] : result.hits) {
    if (hit.first.kind != CaseKind::random) {
      const std::uint64_t plan = result.ordinal_of(hit.first);
      if (!pair.first_plan || plan < *pair.first_plan) pair.first_plan = plan;
    }
    if (!stands_for(pair.check, hit.check)) {
      pair.found_by_others[hit.check] += hit.count;
      continue;
    }
    pair.found += hit.count;
    const std::uint64_t ordinal = result.ordinal_of(hit.first);
    if (!pair.first_found || ordinal < *pair.first_found) pair.first_found = ordinal;
  }
}

/// Every `of`-th campaign from `next` on.
struct Share {
  std::uint64_t next = 0;
  std::uint64_t of = 1;
};

/// What a worker tells its supervisor.
struct FirstFound {
  std::uint64_t campaign = 0;
  std::uint64_t run = 0;  // counted from 1
};
void fields(MessageArchive& archive, FirstFound& first) { archive(first.campaign, first.run); }

/// Measures how many random runs it takes to find something: many campaigns, each with a seed drawn
/// from options.search.cases.seed. Of each, the run, counted from 1, with the first finding of any
/// check.
class Campaigns {
 public:
  Campaigns(const Scenario& scenario, const SelftestOptions& options, StrategyChoice strategy)
      : scenario_(scenario),
        options_(options),
        strategy_(strategy),
        pool_(options.search.worker),
        firsts_(options.campaigns) {}

  std::vector<std::optional<std::uint64_t>> run() && {
    const std::uint64_t workers = std::max(options_.search.workers, 1U);
    for (std::uint64_t i = 0; i < std::min(workers, options_.campaigns); ++i) {
      start({i, workers});
    }
    while (!pool_.empty()) {
      for (const WorkerEvent& event : pool_.wait(worker_tick_ms)) take(event);
      if (options_.search.stopped && options_.search.stopped()) pool_.dismiss_at(0);
    }
    return std::move(firsts_);
  }

 private:
  void start(const Share& share) {
    const auto id = pool_.start([&](WorkerPort& port) { work(share, port); });
    if (id) shares_.emplace(*id, share);
  }

  // The worker's side.
  void work(const Share& share, WorkerPort& port) const {
    for (std::uint64_t number = share.next; number < options_.campaigns; number += share.of) {
      CaseOptions cases = options_.search.cases;
      cases.strategy = strategy_;
      cases.seed = case_seed(options_.search.cases.seed, "campaign", number);
      beat_at(port, cases.run);
      CaseRunner runner(scenario_, cases);
      for (std::uint64_t i = 0; i < options_.runs; ++i) {
        port.page().position = number;
        port.page().counters[0] = i + 1;
        if (!runner.run({CaseKind::random, i}, is_run_twice(i)).finding) continue;
        port.send(to_bytes(FirstFound{number, i + 1}));
        break;
      }
    }
  }

  void take(const WorkerEvent& event) {
    if (!event.end) {
      const auto first = from_bytes<FirstFound>(event.record);
      firsts_[first.campaign] = first.run;
      return;
    }
    const auto node = shares_.extract(event.worker);
    if (!event.end->died() || event.end->is_dismissed()) return;
    const Share share{pool_.page(event.worker).position, node.mapped().of};
    if (event.end->may_come_from_outside() && ++tries_[share.next] < outside_ends_max) {
      return start(share);
    }
    // It died of a run: that is a finding, too.
    firsts_[share.next] = pool_.page(event.worker).counters[0];
    start({share.next + share.of, share.of});
  }

  const Scenario& scenario_;
  const SelftestOptions& options_;
  StrategyChoice strategy_;
  WorkerPool pool_;
  std::map<WorkerId, Share> shares_;
  std::vector<std::optional<std::uint64_t>> firsts_;
  std::map<std::uint64_t, std::uint32_t> tries_;  // by campaign
};

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
  for (const NamedStrategy& each : named_strategies()) {
    if (!each.is_in_portfolio) continue;
    const StrategyChoice strategy = &each;
    const CampaignsResult result = summary(strategy, Campaigns(broken, options, strategy).run());
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
  SearchOptions search_broken = search_options(options, result.check);
  search_broken.keep_going = true;
  search_broken.worker.silent = true;
  const SearchResult broken_result = search(*broken, search_broken);
  take_broken(broken_result, result);
  result.is_any_check = !options.is_watched;
  SelftestOptions campaigns = options;
  campaigns.search.cases.run.checks.errors = search_broken.cases.run.checks.errors;
  campaigns.search.worker.silent = true;
  result.random = measure(*broken, campaigns);
  const SearchResult mended_result = search(*mended, search_options(options, result.check));
  result.mended_runs = mended_result.runs;
  for (const auto& [signature, hit] : mended_result.hits) {
    result.mended_findings.push_back(signature);
  }
  result.failure = broken_result.failure.empty() ? mended_result.failure : broken_result.failure;
  return result;
}

}  // namespace reprise
