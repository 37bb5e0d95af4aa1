#include <reprise/replay/campaign/cases.h>

#include <reprise/core/assert.h>
#include <reprise/replay/campaign/seed.h>
#include <reprise/replay/campaign/survival_plans.h>
#include <reprise/replay/campaign/sweep.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace reprise {

namespace {

constexpr unsigned number_bits = 56;

Base base_of(const Case& item) {
  if (item.kind == CaseKind::calm) return item.number % 2 == 0 ? Base::sync : Base::lazy;
  const bool is_sync = item.kind == CaseKind::sweep_sync || item.kind == CaseKind::pairs_sync ||
                       item.kind == CaseKind::crashes_sync;
  return is_sync ? Base::sync : Base::lazy;
}

bool is_crash(CaseKind kind) {
  return kind == CaseKind::crashes_sync || kind == CaseKind::crashes_lazy;
}

bool is_of_pairs(CaseKind kind) {
  return kind == CaseKind::pairs_sync || kind == CaseKind::pairs_lazy || is_crash(kind);
}

std::string_view name_of(Base base) { return base == Base::sync ? "sync" : "lazy"; }

}  // namespace

std::uint64_t pack(const Case& item) {
  return (static_cast<std::uint64_t>(item.kind) << number_bits) | item.number;
}

Case unpack(std::uint64_t packed) {
  return {static_cast<CaseKind>(packed >> number_bits),
          packed & ((std::uint64_t{1} << number_bits) - 1)};
}

CaseRunner::CaseRunner(const Scenario& scenario, const CaseOptions& options)
    : scenario_(scenario), options_(options), portfolio_(options.profile) {}

std::uint64_t CaseRunner::count(CaseKind kind) {
  switch (kind) {
    case CaseKind::calm: return calm_case_count;
    case CaseKind::sweep_sync:
    case CaseKind::sweep_lazy: return sweep(kind).size();
    case CaseKind::pairs_sync:
    case CaseKind::pairs_lazy:
    case CaseKind::crashes_sync:
    case CaseKind::crashes_lazy: return pairs(kind).size();
    case CaseKind::random: break;
  }
  return UINT64_MAX;
}

std::uint64_t CaseRunner::total(CaseKind kind) {
  switch (kind) {
    case CaseKind::sweep_sync:
    case CaseKind::sweep_lazy: return sweep(kind).total();
    case CaseKind::pairs_sync:
    case CaseKind::pairs_lazy:
    case CaseKind::crashes_sync:
    case CaseKind::crashes_lazy: return pairs(kind).total();
    case CaseKind::calm:
    case CaseKind::random: break;
  }
  return count(kind);
}

RunResult CaseRunner::run(const Case& item, bool twice) {
  if (is_crash(item.kind)) return explore(item).result;
  return run(strategy_for(item), options_.run, twice);
}

RunResult CaseRunner::run(Strategy& strategy, const RunOptions& options, bool twice) {
  if (options_.is_isolated) return runner_.run(scenario_, strategy, options);
  return runner_.run_checked(scenario_, strategy, options, twice);
}

CaseRunner::Recorded CaseRunner::explore(const Case& item) {
  CrashExplorer explorer(plan_of(item), options_.crash_limits, crash_memory_);
  RunOptions options = options_.run;
  options.branches = &explorer;
  Recorded recorded{runner_.run(scenario_, explorer, options), {}};
  recorded.plan = explorer.plan();
  crash_counts_ += explorer.counts();
  const RunStats& stats = recorded.result.stats;
  const bool is_explored = explorer.counts().points != 0 || stats.power_losses + stats.kills == 0;
  if (is_explored || recorded.result.finding) return recorded;
  return explore_anew(std::move(recorded));
}

CaseRunner::Recorded CaseRunner::explore_anew(Recorded first) {
  const std::uint64_t states_max = options_.crash_limits.states_max;
  const SurvivalPlans survival =
      survival_plans(runner_, scenario_, options_.run, first.plan, states_max - 1);
  CrashCounts counts{.points = 1, .explored = 1};
  for (const Plan& plan : survival.plans) {
    const std::unique_ptr<Strategy> strategy = make_plan_strategy(plan);
    ++counts.explored;
    first = {runner_.run(scenario_, *strategy, options_.run), plan};
    if (first.result.finding) break;
  }
  counts.left_out = survival.states - std::min(survival.states, counts.explored);
  crash_counts_ += counts;
  return first;
}

CaseRunner::Recorded CaseRunner::record(const Case& item) {
  if (is_crash(item.kind)) {
    crash_memory_.clear();  // whatever was seen before: its finding comes again
    Plan plan = explore(item).plan;
    return {run_plan(plan), std::move(plan)};
  }
  if (item.kind != CaseKind::random) {  // made by a plan, and a small one
    return {run(strategy_for(item), options_.run), plan_of(item)};
  }
  Recording recording;
  const std::unique_ptr<Strategy> recorder = make_recording_strategy(strategy_for(item), recording);
  RunResult result = run(*recorder, options_.run);
  return {std::move(result), recording.plan(runner_.names())};
}

Strategy& CaseRunner::strategy_for(const Case& item) {
  switch (item.kind) {
    case CaseKind::calm:
      if (item.number < calm_case_count) {
        plan_strategy_ = make_calm_strategy(base_of(item));
        break;
      }
      [[fallthrough]];
    case CaseKind::sweep_sync:
    case CaseKind::sweep_lazy:
    case CaseKind::pairs_sync:
    case CaseKind::pairs_lazy:
    case CaseKind::crashes_sync:
    case CaseKind::crashes_lazy: plan_strategy_ = make_plan_strategy(plan_of(item)); break;
    case CaseKind::random: return portfolio_.strategy_for(options_.strategy, *seed_of(item));
  }
  return *plan_strategy_;
}

RunResult CaseRunner::run_plan(const Plan& plan, bool twice, bool log_events) {
  plan_strategy_ = make_plan_strategy(plan);
  RunOptions options = options_.run;
  options.log_events = log_events;
  return run(*plan_strategy_, options, twice);
}

std::optional<std::uint64_t> CaseRunner::seed_of(const Case& item) const {
  if (item.kind != CaseKind::random) return std::nullopt;
  if (options_.is_seed_of_run) return options_.seed;
  return case_seed(options_.seed, scenario_.name, item.number);
}

std::string CaseRunner::strategy_name(const Case& item) const {
  std::string base(name_of(base_of(item)));
  switch (item.kind) {
    case CaseKind::calm: return item.number < calm_case_count ? base : base + ", task by task";
    case CaseKind::sweep_sync:
    case CaseKind::sweep_lazy: return "sweep from " + base;
    case CaseKind::pairs_sync:
    case CaseKind::pairs_lazy: return "sweep from " + base + " at distance 2";
    case CaseKind::crashes_sync:
    case CaseKind::crashes_lazy: return "sweep of power losses from " + base;
    case CaseKind::random: break;
  }
  return std::string(pick_strategy(options_.strategy, *seed_of(item)).name);
}

Plan CaseRunner::plan_of(const Case& item) {
  if (given_ && given_->first == item) return given_->second;
  if (item.kind == CaseKind::calm) {
    const Base base = base_of(item);
    return item.number < calm_case_count ? Plan{base, {}, {}} : serial_plan(base);
  }
  REPRISE_ASSERT(item.number < count(item.kind), "a case beyond the end of its sweep");
  if (is_of_pairs(item.kind)) return pairs(item.kind).plan(item.number);
  return sweep(item.kind).plan(runner_.names(), item.number);
}

Sweep& CaseRunner::sweep(CaseKind kind) {
  const Base base = base_of({kind, 0});
  std::optional<Sweep>& made = sweeps_[static_cast<std::size_t>(base)];
  if (!made) made.emplace(runner_, scenario_, base, options_.run, options_.sweep_max);
  return *made;
}

PairSweep& CaseRunner::pairs(CaseKind kind) {
  const Base base = base_of({kind, 0});
  const bool crashes = is_crash(kind);
  auto& all = crashes ? crashes_ : pairs_;
  std::optional<PairSweep>& made = all[static_cast<std::size_t>(base)];
  if (!made) {
    const CaseKind singles = base == Base::sync ? CaseKind::sweep_sync : CaseKind::sweep_lazy;
    const PairSweep::Limit limit{crashes ? options_.crashes_max : options_.pairs_max,
                                 case_seed(options_.seed, scenario_.name, UINT64_MAX),
                                 crashes ? PairSweep::Second::power_loss : PairSweep::Second::any};
    made.emplace(runner_, scenario_, options_.run, sweep(singles), limit,
                 [&](std::uint64_t number) {
                   at_({singles, number});
                 });
  }
  return *made;
}

}  // namespace reprise
