#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace reprise {

namespace {

constexpr std::uint64_t default_milliseconds = 60'000;
constexpr std::uint32_t runs_max = 20'000;

FileResult shrink_file(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> parsed = load(path, options);
  if (!parsed.ok()) return bad_input(path, parsed.error());
  const LoadedTrace& loaded = parsed.value();
  const std::string wrong = wrong_in_trace(path, replay_loaded(loaded, options), options);
  if (!wrong.empty()) return bad_input(path, wrong);
  TriageOptions triage;
  triage.cases.is_isolated = options.search.cases.is_isolated;
  triage.cases.run.options = loaded.trace.options;
  triage.cases.run.checks = options.search.cases.run.checks;
  if (loaded.trace.finding) {
    for (std::string& check : checks_named(loaded.trace.finding->check)) {
      triage.cases.run.checks.errors.insert(std::move(check));
    }
  }
  triage.worker = options.search.worker;
  triage.worker.silent = true;
  triage.shrink_runs_max = runs_max;
  triage.shrink_milliseconds_max = options.budget.milliseconds.value_or(default_milliseconds);
  triage.stopped = is_interrupted;
  triage.keeps_original = draws_runs(options);
  std::optional<FindingReport> report = examine_plan(*loaded.scenario, loaded.trace.plan, triage);
  FileResult result;
  result.path = path;
  if (!report && is_interrupted()) {
    result.sentence = "interrupted";
    result.exit = ExitCode::incomplete;
    return result;
  }
  if (!report) {
    result.sentence =
        sentence_without_finding(loaded.trace, options) + ": there is nothing to shrink";
    return result;
  }
  report->trace.seed = loaded.trace.seed;
  report->trace.strategy = loaded.trace.strategy;
  Trace written = report->trace;
  if (options.full) written.events = report->history;
  Expected<std::string> written_to = write_trace(options.folder, written);
  if (!written_to.ok()) return bad_input(path, written_to.error());
  report->trace_path = written_to.value();
  result.exit = report->finding.check == check_name::determinism ? ExitCode::not_deterministic
                                                                 : ExitCode::findings;
  result.signature = report->finding.signature;
  const std::uint64_t before = distance(loaded.trace.plan);
  const std::uint64_t after = distance(written.plan);
  const std::string change =
      after < before ? fmt::format("from {} to {}", counted(before, "difference"), after)
                     : "already as small as can be, with " + counted(after, "difference");
  result.sentence = fmt::format("{}: {}", change, escaped(report->trace_path));
  if (loaded.trace.finding && !is_same_finding(*loaded.trace.finding, report->finding)) {
    result.details.push_back("the finding is another than the trace's: " +
                             escaped(result.signature));
  }
  result.report = to_text(*report, options.report());
  if (!draws_runs(options)) return result;
  const std::string undrawn = write_drawings(*report, options);
  return undrawn.empty() ? result : bad_input(path, undrawn);
}

ExitCode shrink_traces(const CommandOptions& options) {
  return for_each_trace(options, shrink_file);
}

}  // namespace

const Command shrink_command{
    .name = "shrink",
    .argument = "FILE",
    .needs_argument = true,
    .summary = "Makes a trace smaller",
    .examples = "  reprise shrink traces/invariant-pager-takes-short-write-broken-9329.json\n",
    .groups = {time_group, checks_group, traces_group, drawing_group, limits_group, isolate_group,
               files_group},
    .traits = {.takes_traces = true},
    .json_schema = "replay",
    .run = shrink_traces,
};

}  // namespace reprise
