#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t listed_max = 10;  // of what a replay did not reach

// `one` and `many` are what a single item is and what several are.
void list_some(std::vector<std::string>& details, std::string_view one, std::string_view many,
               const std::vector<std::string>& items, bool all) {
  if (items.empty()) return;
  details.push_back(fmt::format("{} {}:", items.size(), items.size() == 1 ? one : many));
  const std::size_t shown = all ? items.size() : std::min(items.size(), listed_max);
  for (std::size_t i = 0; i < shown; ++i) details.push_back("  " + escaped(items[i]));
  if (shown < items.size()) details.push_back(fmt::format("  ... {} more", items.size() - shown));
}

FindingRow row_of(const Trace& trace, const std::string& path, const Replayed& replayed) {
  const Finding& finding = *replayed.finding;
  return {.scenario = trace.scenario,
          .check = finding.check,
          .signature = finding.signature,
          .message = finding.message,
          .trace_path = path,
          .distance = distance(trace.plan),
          .options = trace.options,
          .places = finding.places,
          .evidence = finding.evidence,
          .expected = finding.expected,
          .help = finding.help,
          .history = replayed.events};
}

// For a run that a strict replay finds to be another one than the trace's.
FindingRow row_of_differences(const Trace& trace, const std::string& path,
                              const std::vector<std::string>& differences) {
  return {.scenario = trace.scenario,
          .check = std::string(check_name::determinism),
          .signature = "determinism strict replay",
          .message = "the run differs from the trace",
          .trace_path = path,
          .distance = distance(trace.plan),
          .options = trace.options,
          .evidence = differences};
}

FileResult judge(const std::string& path, const Trace& trace, Replayed replayed,
                 const CommandOptions& options) {
  const std::string wrong = wrong_in_trace(path, replayed, options);
  if (!wrong.empty()) return bad_input(path, wrong);
  FileResult result;
  result.path = path;
  result.scenario = trace.scenario;
  result.events = replayed.event_count;
  if (replayed.finding) result.signature = replayed.finding->signature;
  if (replayed.finding) result.finding = row_of(trace, path, replayed);
  switch (compare_findings(trace, replayed)) {
    case ReplayAnswer::same: result.sentence = "failed again, with the same finding"; break;
    case ReplayAnswer::other:
      result.sentence = "failed, with another finding than the trace has";
      result.details.push_back("recorded: " + escaped(trace.finding->signature));
      result.details.push_back("now:      " + escaped(result.signature));
      break;
    case ReplayAnswer::unexpected: result.sentence = "failed; the trace has no finding"; break;
    case ReplayAnswer::none: result.sentence = sentence_without_finding(trace, options); break;
  }
  if (replayed.finding) result.exit = ExitCode::findings;
  if (options.strict) {
    const std::vector<std::string> all = differences(trace, replayed);
    if (!all.empty()) {
      result.exit = ExitCode::not_deterministic;
      if (!result.finding) result.finding = row_of_differences(trace, path, all);
      list_some(result.details, "difference from the trace", "differences from the trace", all,
                options.verbose);
    }
  } else {
    list_some(result.details, "decision of the trace was never reached",
              "decisions of the trace were never reached", replayed.decisions_not_reached,
              options.verbose);
    list_some(result.details, "event of the trace's order never happened",
              "events of the trace's order never happened", replayed.order_not_reached,
              options.verbose);
    list_some(result.details, "option of the trace was never asked for",
              "options of the trace were never asked for", replayed.options_not_asked,
              options.verbose);
  }
  if (replayed.finding) {
    result.report = to_text(report_of_run(path, trace, replayed), options.report());
  }
  for (const Finding& note : replayed.notes) {
    result.notes_report += to_text(NoteRow{.scenario = trace.scenario, .note = note},
                                   replay_line(options.report(), path), options.report()) +
                           '\n';
  }
  result.notes = std::move(replayed.notes);
  return result;
}

// The result, and the drawings of the run that has it.
FileResult judge_and_draw(const std::string& path, const Trace& trace, Replayed replayed,
                          const CommandOptions& options) {
  const FindingReport drawn = drawn_run(path, trace, replayed);
  FileResult result = judge(path, trace, std::move(replayed), options);
  if (!draws_runs(options) || result.exit == ExitCode::bad_usage) return result;
  const std::string wrong = write_drawings(drawn, options);
  return wrong.empty() ? result : bad_input(path, wrong);
}

FileResult replay_file(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> parsed = load(path, options);
  if (!parsed.ok()) return bad_input(path, parsed.error());
  const LoadedTrace& loaded = parsed.value();
  Replayed replayed = replay_loaded(loaded, options);
  if (!replayed.is_dismissed) {
    return judge_and_draw(path, loaded.trace, std::move(replayed), options);
  }
  FileResult result;
  result.path = path;
  result.sentence = "interrupted";
  result.exit = ExitCode::incomplete;
  return result;
}

ExitCode replay_under_debugger(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> parsed = load(path, options);
  if (!parsed.ok()) {
    complain(parsed.error());
    return ExitCode::bad_usage;
  }
  const LoadedTrace& loaded = parsed.value();
  const bool is_held = is_traced();
  Replayed replayed = is_held ? replay_trace_here(*loaded.scenario, loaded.trace,
                                                  options.search.cases.run.checks, options.break_at)
                              : replay_loaded(loaded, options);
  const std::string wrong = wrong_in_trace(path, replayed, options);
  if (!wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  if (!replayed.died && replayed.event_count < options.break_at) {
    complain(fmt::format("--break-at {}: the run has only {}", options.break_at,
                         counted(replayed.event_count, "event")));
    return ExitCode::bad_usage;
  }
  if (!is_held) {
    complain(
        fmt::format("nothing stops before event {} without a debugger: "
                    "gdb --args {}",
                    options.break_at, replay_line(options.report(), path, options.break_at)));
    return ExitCode::bad_usage;
  }
  const FileResult result = judge(path, loaded.trace, std::move(replayed), options);
  print_result(result, true);
  return result.exit;
}

ExitCode replay_traces_of(const CommandOptions& options) {
  if (options.break_at == 0) return for_each_trace(options, replay_file);
  if (draws_runs(options)) {
    complain("--html and --perfetto draw a whole run: give them without --break-at");
    return ExitCode::bad_usage;
  }
  if (options.arguments.size() != 1) {
    complain("--break-at takes one trace");
    return ExitCode::bad_usage;
  }
  return replay_under_debugger(options.arguments.front(), options);
}

}  // namespace

const Command replay_command{
    .name = "replay",
    .argument = "FILE",
    .needs_argument = true,
    .summary = "Runs traces again: files, or the *.json of folders",
    .examples =
        "  reprise replay traces/double-mutation-reentry-counter-add-broken-9f2c.json "
        "--break-at 5\n"
        "  reprise replay my_machine.cpp traces --strict\n",
    .groups = {checks_group, replay_group, drawing_group, reports_group, limits_group, files_group},
    .traits = {.takes_traces = true, .shows_output = true},
    .json_schema = "replay",
    .run = replay_traces_of,
};

}  // namespace reprise
