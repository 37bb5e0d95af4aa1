// run, fuzz and sweep.
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/parameters.h>
#include <reprise/replay/campaign/shard_result.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/conclusion.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/progress.h>
#include <reprise/replay/cli/report_files.h>
#include <reprise/replay/cli/shard.h>
#include <reprise/replay/cli/shard_progress.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

constexpr std::uint64_t default_seeds = 10'000;
constexpr std::uint64_t default_scenario_ms = 10'000;

CampaignOptions campaign_options(const CommandOptions& options) {
  CampaignOptions campaign;
  campaign.command = options.command->name;
  campaign.search = options.search;
  campaign.search.worker.silent = !options.command->traits.shows_output;
  campaign.folder = options.folder;
  campaign.shard = options.shard;
  campaign.full_traces = options.full;
  campaign.keeps_originals = !options.html.empty();
  return campaign;
}

// A calm strategy makes no random runs, a random one none of the bases'.
void fit_to_strategy(CampaignOptions& campaign, StrategyChoice strategy) {
  if (strategy == nullptr) return;
  CaseMix& mix = campaign.search.mix;
  if (strategy->base) {
    mix.sync = *strategy->base == Base::sync;
    mix.lazy = *strategy->base == Base::lazy;
    mix.random_max = 0;
  } else {
    mix.sync = mix.lazy = mix.sweeps = false;
  }
}

// The folder for traces: there and writable before the work begins, gone again if nothing came.
class TraceFolder {
 public:
  explicit TraceFolder(const std::string& path) : path_(path) {
    std::error_code ignored;
    was_there_ = std::filesystem::exists(path_, ignored);
    error_ = prepare_folder(path_);
  }
  TraceFolder(const TraceFolder&) = delete;
  TraceFolder& operator=(const TraceFolder&) = delete;
  ~TraceFolder() {
    std::error_code ignored;
    if (!was_there_ && !error_) std::filesystem::remove(path_, ignored);  // only if it is empty
  }

  const std::optional<std::string>& error() const { return error_; }

 private:
  std::string path_;
  bool was_there_ = false;
  std::optional<std::string> error_;
};

void announce(const CommandOptions& options, const CampaignOptions& campaign,
              std::size_t scenario_count) {
  if (options.quiet || options.command->traits.is_one_run) return;
  std::string line =
      fmt::format("{}: {}, {}", options.command->name, counted(scenario_count, "scenario"),
                  counted(campaign.search.workers, "worker"));
  if (campaign.search.mix.random_max > 0)
    line += fmt::format(", seed {:#x}", options.search.cases.seed);
  if (campaign.shard) {
    line += fmt::format(", shard {} of {}", campaign.shard->index + 1, campaign.shard->of);
  }
  print_to_stderr(line + '\n');
}

// Leaves what this shard did in a file beside its traces.
void write_shard(const CommandOptions& options, CampaignReport& report, CampaignQuestion question) {
  const ReportOptions told = options.report();
  ShardResult result{.question = std::move(question),
                     .arguments = {.run = told.run_arguments,
                                   .check = told.check_arguments,
                                   .files = told.files,
                                   .file_options = told.file_arguments,
                                   .compiler_flags = told.compiler_flags},
                     .report = report};
  for (FindingRow& row : result.report.findings) {
    row.trace_path = std::filesystem::path(row.trace_path).filename().string();
  }
  const std::string path =
      (std::filesystem::path(options.folder) / shard_file_name(*report.shard)).string();
  if (const auto wrong = write_file_text(path, to_json(result))) {
    report.incomplete.push_back("the result was not written: " + *wrong);
  } else if (!options.quiet) {
    print_to_stderr(fmt::format("result: {}\n", escaped(path)));
  }
}

ExitCode campaign_command(const CommandOptions& options, CampaignOptions campaign) {
  const ChosenScenarios chosen = choose_scenarios(options);
  if (chosen.exit != ExitCode::clean) return chosen.exit;
  if (const std::string wrong = wrong_parameter(chosen.scenarios, campaign.search.cases.run.options,
                                                campaign.search.worker);
      !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  const TraceFolder folder(options.folder);
  if (folder.error()) {
    complain(*folder.error());
    return ExitCode::bad_usage;
  }
  Certificates certificates(options);
  if (const std::string wrong = certificates.read(); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  if (const std::string wrong = prepare_reports(options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  if (campaign.shard) show_sharding();
  announce(options, campaign, chosen.scenarios.size());
  ProgressLine progress(options.quiet      ? ProgressLine::Kind::none
                        : options.progress ? ProgressLine::Kind::bar
                                           : ProgressLine::Kind::lines);
  std::optional<ShardProgress> shard_progress;
  if (campaign.shard) shard_progress.emplace(options.folder, *campaign.shard);
  campaign.on_progress = [&](const CampaignProgress& now) {
    progress.show(now);
    if (shard_progress) shard_progress->show(now);
  };
  campaign.on_finding = [&](const FindingReport& report) {
    progress.clear();
    const std::string timeline = draw_finding(report, options);
    if (options.format == &text_format) {
      print(to_text(report, options.report()) + timeline + '\n');
    }
  };
  Campaign result = run_campaign(chosen.scenarios, campaign);
  progress.clear();
  certificates.finish(result.report);
  if (const std::string wrong = write_reports(options, result.report, options.report());
      !wrong.empty()) {
    result.report.incomplete.push_back("a report was not written: " + wrong);
  }
  if (campaign.shard && result.failure.empty()) {
    write_shard(options, result.report, question_of(chosen.scenarios, campaign));
  }
  ReportOptions told = options.report();
  told.findings_are_told = true;
  print(options.format->write(result.report, told));
  if (result.failure.empty()) return exit_code_of(result.report);
  complain(result.failure);
  return ExitCode::internal;
}

ExitCode run_scenarios(const CommandOptions& options) {
  CampaignOptions campaign = campaign_options(options);
  campaign.search.workers = 1;
  campaign.search.cases.is_seed_of_run = true;
  campaign.search.mix.sweeps = false;
  campaign.search.mix.random_max = 1;
  const StrategyChoice strategy = options.search.cases.strategy;
  if (strategy != nullptr && strategy->base) {
    fit_to_strategy(campaign, options.search.cases.strategy);
  } else {
    campaign.search.mix.sync = campaign.search.mix.lazy = false;
  }
  return campaign_command(options, std::move(campaign));
}

ExitCode fuzz_scenarios(const CommandOptions& options) {
  CampaignOptions campaign = campaign_options(options);
  set_budget(campaign, options.budget, default_seeds);
  const bool is_bounded = options.budget.seeds || options.budget.milliseconds;
  if (!is_bounded) campaign.scenario_milliseconds_max = default_scenario_ms;
  fit_to_strategy(campaign, options.search.cases.strategy);
  return campaign_command(options, std::move(campaign));
}

ExitCode sweep_scenarios(const CommandOptions& options) {
  CampaignOptions campaign = campaign_options(options);
  campaign.milliseconds_max = options.budget.milliseconds;
  campaign.search.mix.random_max = 0;
  return campaign_command(options, std::move(campaign));
}

}  // namespace

const Command run_command{
    .name = "run",
    .argument = "SCENARIO",
    .needs_argument = true,
    .summary = "Makes one run, with a strategy and a seed",
    .examples =
        "  reprise run pager/clients --seed 0x5eed\n"
        "  reprise run reentry/counter-add/broken --strategy lazy\n",
    .groups = {seed_group, shard_group, strategy_group, parameters_group, checks_group,
               traces_group, reports_group, page_group, limits_group, isolate_group, files_group},
    .traits = {.shows_output = true, .is_one_run = true},
    .json_schema = "report",
    .run = run_scenarios,
};

const Command fuzz_command{
    .name = "fuzz",
    .argument = "SCENARIO",
    .needs_argument = true,
    .summary = "Makes the calm runs, the sweep, then random runs",
    .examples =
        "  reprise fuzz my_machine.cpp\n"
        "  reprise fuzz 'pager/*' --for 30s\n"
        "  reprise fuzz pager/clients --seed 7 --seeds 100000 --keep-going\n"
        "  reprise fuzz 'pager/*' --seed 7 --seeds 100000 --shard 2/8 --out results\n",
    .groups = {seed_group, seeds_group, time_group, jobs_group, shard_group, strategy_group,
               parameters_group, checks_group, keep_going_group, traces_group, reports_group,
               page_group, limits_group, isolate_group, files_group},
    .json_schema = "report",
    .run = fuzz_scenarios,
};

const Command sweep_command{
    .name = "sweep",
    .argument = "SCENARIO",
    .needs_argument = true,
    .summary = "Runs every plan that differs from a calm run in one or two places",
    .examples =
        "  reprise sweep pager/clients\n"
        "  reprise sweep my_machine.cpp --distance 2\n"
        "  reprise sweep 'durability/*' --crash\n"
        "  reprise sweep 'pager/*' --certificate now.json --compare last.json\n",
    .groups = {seed_group, time_group, jobs_group, shard_group, parameters_group, checks_group,
               keep_going_group, traces_group, reports_group, page_group, sweep_group,
               coverage_group, limits_group, isolate_group, files_group},
    .traits = {.has_fixed_seed = true},
    .json_schema = "report",
    .run = sweep_scenarios,
};

}  // namespace reprise
