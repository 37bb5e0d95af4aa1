#include <reprise/replay/fuzz.h>

#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/campaign/parameters.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>
#include <reprise/replay/worker/vitals.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

constexpr std::uint64_t default_seeds = 1000;

CheckSet all_but(const std::vector<std::string>& off) {
  CheckSet checks;
  for (const std::string& name : off) {
    for (std::string& check : checks_named(name)) checks.off.insert(std::move(check));
  }
  return checks;
}

CampaignOptions campaign_options(const FuzzOptions& options) {
  CampaignOptions campaign;
  set_budget(campaign, {options.seeds, options.milliseconds}, default_seeds);
  SearchOptions& search = campaign.search;
  search.cases.seed = options.seed;
  search.cases.profile = *built_in_profile("default");
  search.cases.run.options = options.options;
  search.cases.run.checks = all_but(options.checks_off);
  search.workers = options.workers;
  search.worker = {.hang_ms = options.hang_milliseconds,
                   .silent = true,
                   .drops_handlers = true,
                   .in_this_process = options.workers == 0,
                   .memory_bytes_max = default_memory_bytes_max(options.workers)};
  campaign.folder = options.folder;
  return campaign;
}

// A sentence about the first name that is none of a check, nor of a group; empty if there is none.
std::string unknown_check(const std::vector<std::string>& names) {
  std::vector<std::string> known = check_names();
  known.insert(known.end(), check_group_names().begin(), check_group_names().end());
  return unknown_name("check", names, known);
}

// Scenarios that match, or a sentence.
Expected<std::vector<const Scenario*>> chosen(std::string_view pattern,
                                              const FuzzOptions& options) {
  using Chosen = Expected<std::vector<const Scenario*>>;
  std::vector<const Scenario*> matches = match_scenarios(pattern);
  if (matches.empty()) {
    std::vector<std::string> known;
    for (const Scenario& scenario : scenarios()) known.push_back(scenario.name);
    return Chosen::failed(fmt::format("no scenario matches {}{}", in_quotes(pattern),
                                      did_you_mean_phrase(pattern, known)));
  }
  std::string wrong = unknown_check(options.checks_off);
  if (wrong.empty()) {
    wrong = wrong_parameter(matches, options.options, campaign_options(options).search.worker);
  }
  if (!wrong.empty()) return Chosen::failed(wrong);
  return matches;
}

TestFinding test_finding(const FindingReport& report, const std::string& program) {
  return {.scenario = report.trace.scenario,
          .check = report.finding.check,
          .signature = report.finding.signature,
          .message = report.finding.message,
          .trace_path = report.trace_path,
          .text = to_text(report, {.program = program})};
}

FindingReport report_of(LoadedTrace loaded, const std::string& path, Replayed replayed) {
  FindingReport report;
  report.finding = std::move(*replayed.finding);
  report.trace = std::move(loaded.trace);
  report.trace.finding = traced(report.finding);
  report.trace_path = path;
  report.history = std::move(replayed.events);
  report.tries = report.reproduced = 1;
  return report;
}

Replayed replayed_trace(const LoadedTrace& loaded, const RegressionOptions& options) {
  const CheckSet checks = all_but(options.checks_off);
  if (options.in_this_process || options.break_at != 0) {
    const std::uint64_t break_at = is_traced() ? options.break_at : 0;
    return replay_trace_here(*loaded.scenario, loaded.trace, checks, break_at);
  }
  return replay_trace(*loaded.scenario, loaded.trace, {checks, {.drops_handlers = true}});
}

void replay_into(TestReport& report, const std::string& path, const RegressionOptions& options) {
  Expected<LoadedTrace> loaded = load_trace(path);
  if (!loaded.ok()) return report.errors.push_back(loaded.error());
  Replayed replayed = replayed_trace(loaded.value(), options);
  ++report.runs;
  if (!replayed.decisions_out_of_range.empty()) {
    report.errors.push_back(escaped(path) + ": " +
                            escaped(replayed.decisions_out_of_range.front()));
  } else if (replayed.finding) {
    report.findings.push_back(test_finding(
        report_of(std::move(loaded).value(), path, std::move(replayed)), options.program));
  }
}

}  // namespace

std::string TestReport::text() const {
  if (ok()) return counted(runs, "run") + ", no finding\n";
  std::string text;
  for (const TestFinding& finding : findings) text += '\n' + finding.text;
  for (const std::string& error : errors) text += "\nerror: " + error + '\n';
  return text;
}

TestReport fuzz(std::string_view pattern, const FuzzOptions& options) {
  TestReport report;
  const Expected<std::vector<const Scenario*>> scenarios = chosen(pattern, options);
  if (!scenarios.ok()) {
    report.errors.push_back(scenarios.error());
    return report;
  }
  const Campaign campaign = run_campaign(scenarios.value(), campaign_options(options));
  report.runs = runs_of(campaign.report);
  for (const FindingReport& finding : campaign.findings) {
    report.findings.push_back(test_finding(finding, options.program));
  }
  if (!campaign.failure.empty()) report.errors.push_back(campaign.failure);
  if (report.ok() && report.runs == 0) report.errors.emplace_back("nothing was run");
  return report;
}

TestReport replay_traces(const std::string& file_or_folder, const RegressionOptions& options) {
  TestReport report;
  if (const std::string wrong = unknown_check(options.checks_off); !wrong.empty()) {
    report.errors.push_back(wrong);
    return report;
  }
  const Expected<std::vector<std::string>> paths = trace_paths(file_or_folder);
  if (!paths.ok()) {
    report.errors.push_back(paths.error());
    return report;
  }
  for (const std::string& path : paths.value()) replay_into(report, path, options);
  return report;
}

}  // namespace reprise
