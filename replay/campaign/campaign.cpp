#include <reprise/replay/campaign/campaign.h>

#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace reprise {

namespace {

// Further ones get less time, so that a campaign with many findings ends.
constexpr std::size_t findings_shrunk_well = 10;
// What may be done when the time of the campaign is over: runs that are under way may end, and
// findings be run again.
constexpr std::uint64_t search_grace_ms = 500;
constexpr std::uint64_t triage_grace_ms = 1'500;
constexpr std::uint64_t triage_ms_min = 1'000;
constexpr std::uint64_t endless_seeds = std::uint64_t{1} << 50;
constexpr std::uint64_t sweep_min = 100;

class CampaignRun {
 public:
  CampaignRun(const std::vector<const Scenario*>& scenarios, const CampaignOptions& options)
      : scenarios_(scenarios), options_(options), begun_ms_(worker_clock_ms()) {}

  Campaign run() && {
    campaign_.report.command = options_.command;
    campaign_.report.shard = options_.shard;
    const bool draws = options_.search.mix.random_max > 0 || options_.search.mix.pairs;
    if (draws) campaign_.report.seed = options_.search.cases.seed;
    for (index_ = 0; index_ < scenarios_.size(); ++index_) {
      if (campaign_.is_stopped || !campaign_.failure.empty()) {
        campaign_.report.not_run.push_back(scenarios_[index_]->name);
      } else {
        run_scenario(*scenarios_[index_]);
      }
    }
    finish();
    return std::move(campaign_);
  }

 private:
  std::optional<std::uint64_t> milliseconds_for_scenario() const {
    if (!options_.milliseconds_max) return options_.scenario_milliseconds_max;
    const std::uint64_t passed = worker_clock_ms() - begun_ms_;
    const std::uint64_t left =
        *options_.milliseconds_max - std::min(passed, *options_.milliseconds_max);
    return left / (scenarios_.size() - index_);
  }

  void run_scenario(const Scenario& scenario) {
    SearchOptions options = options_.search;
    options.shard = options_.shard.value_or(CaseShard{});
    options.milliseconds_max = milliseconds_for_scenario();
    options.deadline_ms = deadline_ms(search_grace_ms);
    options.surveys = is_sweep();
    options.on_progress = [&](const SearchProgress& progress) {
      show_progress(scenario, progress, options.milliseconds_max,
                    progress.is_worker_stopped ? "a worker is stopped (SIGSTOP)" : "");
    };
    const SearchResult result = search(scenario, options);
    take_result(scenario, result);
    std::uint64_t left = options_.search.keep_going ? result.hits.size() : 1;
    for (const auto& [signature, hit] : result.hits) {
      if (!options_.search.keep_going && hit.first != first_of(result)) continue;
      SearchProgress progress;
      progress.runs = 0;
      progress.findings = result.hits.size();
      show_progress(scenario, progress, {}, "running a finding again");
      take_finding(triage(scenario, signature, hit, triage_options(left)));
      if (left > 1) --left;
    }
    if (options_.search.stopped && options_.search.stopped()) campaign_.is_stopped = true;
  }

  bool is_sweep() const {
    return options_.search.mix.random_max == 0 && options_.search.mix.sweeps;
  }

  static Case first_of(const SearchResult& result) {
    return std::ranges::min_element(result.hits, {},
                                    [](const auto& entry) { return entry.second.first; })
        ->second.first;
  }

  // The budget of the first of `count` findings of a scenario.
  TriageOptions triage_options(std::uint64_t count) const {
    TriageOptions options;
    options.cases = options_.search.cases;
    options.worker = options_.search.worker;
    options.shrink_runs_max = options_.shrink_runs_max;
    options.keeps_original = options_.keeps_originals;
    if (campaign_.findings.size() >= findings_shrunk_well) options.shrink_milliseconds_max = 1'000;
    options.stopped = options_.search.stopped;
    if (!options_.milliseconds_max) return options;
    // Findings take time from the scenarios behind, but not all of it.
    const bool is_last = index_ + 1 == scenarios_.size();
    const std::uint64_t end_ms = deadline_ms(triage_grace_ms);
    const std::uint64_t now_ms = worker_clock_ms();
    const std::uint64_t all =
        is_last ? end_ms - std::min(end_ms, now_ms) : *milliseconds_for_scenario() / 2;
    options.deadline_ms = std::min(end_ms, now_ms + std::max(all / count, triage_ms_min));
    const std::uint64_t left = options.deadline_ms - std::min(options.deadline_ms, now_ms);
    options.shrink_milliseconds_max = std::min(options.shrink_milliseconds_max, left / 2);
    return options;
  }

  // The end of the whole campaign, on worker_clock_ms().
  std::uint64_t deadline_ms(std::uint64_t grace_ms) const {
    return options_.milliseconds_max ? begun_ms_ + *options_.milliseconds_max + grace_ms
                                     : UINT64_MAX;
  }

  void take_result(const Scenario& scenario, const SearchResult& result) {
    campaign_.report.scenarios.push_back({.name = scenario.name,
                                          .runs = result.runs,
                                          .failed = result.failed,
                                          .events = result.events,
                                          .milliseconds = result.milliseconds,
                                          .power_losses = result.power_losses,
                                          .random_until = result.random_until,
                                          .error = result.failure});
    runs_ += result.runs;
    for (const auto& [name, reached] : result.goals) {
      campaign_.report.goals.push_back({scenario.name, name, reached});
    }
    const bool has_seed = options_.search.mix.random_max > 0;
    for (const auto& [signature, noted] : result.notes) {
      campaign_.report.notes.push_back(
          {.scenario = scenario.name,
           .note = noted.note,
           .count = noted.count,
           .seed = has_seed ? std::optional(options_.search.cases.seed) : std::nullopt,
           .options = result.options_asked});
    }
    if (is_sweep()) campaign_.report.certificates.push_back(coverage_of(scenario, result));
    is_time_over_ = is_time_over_ || result.is_time_over || !result.cut_off.empty();
    if (result.is_time_over) cut_random_.push_back(scenario.name);
    if (result.is_sweep_cut) cut_sweeps_.push_back(scenario.name);
    campaign_.is_stopped = campaign_.is_stopped || result.is_stopped;
    for (const std::string& sentence : result.remarks) {
      campaign_.report.remarks.push_back(scenario.name + ": " + sentence);
    }
    for (const std::string& sentence : result.cut_off) {
      campaign_.report.incomplete.push_back(sentence);
    }
    if (campaign_.failure.empty()) campaign_.failure = result.failure;
  }

  Coverage coverage_of(const Scenario& scenario, const SearchResult& result) const {
    const auto plans = [&](CaseKind sync, CaseKind lazy) {
      const auto of = [&](const auto& counts, CaseKind kind) {
        return counts[static_cast<std::size_t>(kind)];
      };
      const auto own = [&](CaseKind kind) {
        return result.shard.count_below(of(result.sizes, kind));
      };
      return Coverage::Plans{of(result.totals, sync) + of(result.totals, lazy),
                             own(sync) + own(lazy)};
    };
    Coverage certificate;
    certificate.scenario = scenario.name;
    certificate.points = result.points;
    certificate.singles = plans(CaseKind::sweep_sync, CaseKind::sweep_lazy);
    certificate.pairs = plans(CaseKind::pairs_sync, CaseKind::pairs_lazy);
    // Plans at distance 1 come first, behind the calm runs.
    const std::uint64_t calm = result.sizes[static_cast<std::size_t>(CaseKind::calm)];
    const std::uint64_t run = result.runs - std::min(result.runs, calm);
    certificate.singles.run = std::min(certificate.singles.run, run);
    certificate.pairs.run = std::min(certificate.pairs.run, run - certificate.singles.run);
    certificate.power_losses = plans(CaseKind::crashes_sync, CaseKind::crashes_lazy);
    certificate.power_losses.run = std::min(certificate.power_losses.run,
                                            run - certificate.singles.run - certificate.pairs.run);
    certificate.crashes = result.crashes;
    const bool is_found = !result.hits.empty() && !options_.search.keep_going;
    // The sweep from a base whose own run is deadly is left out.
    const bool is_base_deadly = std::ranges::any_of(result.hits, [](const auto& entry) {
      return entry.second.end.died() && entry.second.first.kind == CaseKind::calm;
    });
    certificate.is_cut = result.is_sweep_cut || result.is_stopped || is_found || is_base_deadly;
    certificate.reached.assign(result.reached.begin(), result.reached.end());
    return certificate;
  }

  // A file whose broken halves were not run has sites that nobody wants to hear of.
  void find_sites_not_reached() {
    if (campaign_.report.certificates.empty()) return;
    std::set<std::string> left_out;
    for (const Scenario& scenario : scenarios()) {
      const bool is_run = std::ranges::find(scenarios_, &scenario) != scenarios_.end();
      if (scenario.broken() && !is_run) left_out.insert(scenario.file);
    }
    campaign_.report.not_reached =
        not_reached(await_sites_of_program(), campaign_.report.certificates, left_out);
  }

  // What did not come again is the same finding, whatever it was at first.
  bool is_known(const FindingReport& report) {
    for (std::size_t i = 0; i < campaign_.findings.size(); ++i) {
      FindingRow& row = campaign_.report.findings[i];
      if (row.scenario != report.trace.scenario) continue;
      if (row.signature != report.finding.signature) continue;
      row.count += report.count;
      campaign_.findings[i].count += report.count;
      return true;
    }
    return false;
  }

  void take_finding(FindingReport report) {
    if (is_known(report)) return;
    Trace trace = report.trace;
    if (options_.full_traces) trace.events = report.history;
    if (!options_.folder.empty() && report.is_triaged) {
      Expected<std::string> path = write_trace(options_.folder, trace);
      if (path.ok()) {
        report.trace_path = path.value();
      } else {
        report.unwritten = path.error();
        campaign_.report.incomplete.push_back("a trace was not written: " + path.error());
      }
    }
    if (report.finding.check == check_name::determinism) campaign_.is_not_deterministic = true;
    campaign_.report.findings.push_back({.scenario = trace.scenario,
                                         .check = report.finding.check,
                                         .signature = report.finding.signature,
                                         .message = report.finding.message,
                                         .trace_path = report.trace_path,
                                         .seed = trace.seed,
                                         .distance = distance(trace.plan),
                                         .count = report.count,
                                         .options = trace.options,
                                         .places = report.finding.places,
                                         .evidence = report.finding.evidence,
                                         .expected = report.finding.expected,
                                         .help = report.finding.help,
                                         .history = report.history});
    if (options_.on_finding) options_.on_finding(report);
    campaign_.findings.push_back(std::move(report));
  }

  void show_progress(const Scenario& scenario, const SearchProgress& search,
                     std::optional<std::uint64_t> milliseconds_max, std::string doing) const {
    if (!options_.on_progress) return;
    CampaignProgress progress;
    progress.scenario = scenario.name;
    progress.scenario_number = index_ + 1;
    progress.scenario_count = scenarios_.size();
    progress.runs = runs_ + search.runs;
    progress.milliseconds = worker_clock_ms() - begun_ms_;
    progress.findings = campaign_.findings.size() + search.findings;
    progress.doing = std::move(doing);
    std::uint64_t done = 0;  // thousandths of this scenario
    if (search.runs_expected > 0) done = search.runs * 1000 / search.runs_expected;
    if (milliseconds_max && *milliseconds_max > 0) {
      done = std::max(done, search.milliseconds * 1000 / *milliseconds_max);
    }
    progress.thousandths = static_cast<std::uint32_t>(
        (index_ * 1000 + std::min(done, std::uint64_t{1000})) / scenarios_.size());
    options_.on_progress(progress);
  }

  void finish() {
    CampaignReport& report = campaign_.report;
    find_sites_not_reached();
    report.milliseconds = worker_clock_ms() - begun_ms_;
    if (campaign_.is_stopped) {
      report.stopped = "interrupted";
      report.incomplete.emplace_back("the campaign was interrupted");
    } else if (!campaign_.findings.empty() && !options_.search.keep_going &&
               !options_.search.cases.is_seed_of_run) {
      report.stopped = "first finding of a scenario (--keep-going goes on)";
    } else if (is_time_over_) {
      report.stopped = "the time is over";
    } else if (options_.search.mix.random_max > 0) {
      report.stopped = options_.search.cases.is_seed_of_run ? std::string("the run was made")
                       : options_.search.mix.random_max == 1
                           ? std::string("the one seed was run")
                           : fmt::format("all {} seeds were run", options_.search.mix.random_max);
    } else {
      report.stopped = "all plans were run";
    }
    for (const std::string& name : report.not_run)
      report.incomplete.push_back(name + " was not run");
    if (options_.is_random_max_asked) {
      for (const std::string& name : cut_random_) {
        report.incomplete.push_back(
            fmt::format("{} had fewer than {}: the time is over", name,
                        counted(options_.search.mix.random_max, "random run")));
      }
    }
    if (options_.search.mix.random_max > 0) return;
    for (const std::string& name : cut_sweeps_) {
      report.incomplete.push_back("the sweep of " + name + " was cut short: the time is over");
    }
  }

  const std::vector<const Scenario*>& scenarios_;
  const CampaignOptions& options_;
  Campaign campaign_;
  std::size_t index_ = 0;
  std::uint64_t begun_ms_;
  std::uint64_t runs_ = 0;
  bool is_time_over_ = false;
  std::vector<std::string> cut_sweeps_;
  std::vector<std::string> cut_random_;
};

}  // namespace

void set_budget(CampaignOptions& campaign, const Budget& budget, std::uint64_t seeds_default) {
  SearchOptions& search = campaign.search;
  campaign.milliseconds_max = budget.milliseconds;
  campaign.is_random_max_asked = budget.seeds.has_value();
  search.mix.random_max =
      budget.seeds.value_or(budget.milliseconds ? endless_seeds : seeds_default);
  search.cases.sweep_max =
      budget.milliseconds ? UINT64_MAX : std::max(search.mix.random_max / 2, sweep_min);
}

Campaign run_campaign(const std::vector<const Scenario*>& scenarios,
                      const CampaignOptions& options) {
  return CampaignRun(scenarios, options).run();
}

}  // namespace reprise
