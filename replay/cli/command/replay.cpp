// replay and shrink: what runs traces again.
#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t listed_max = 10;  // of what a replay did not reach

// What came of one file.
struct FileResult {
  std::string path;
  ExitCode exit = ExitCode::clean;
  std::string sentence;              // what happened
  std::vector<std::string> details;  // one a line
  std::string signature;             // of the finding, if there is one
  std::string report;                // many lines
  std::vector<Finding> notes;
  std::string notes_report;
};

FileResult bad_input(const std::string& path, std::string sentence) {
  FileResult result;
  result.path = path;
  result.exit = ExitCode::bad_usage;
  result.sentence = std::move(sentence);
  return result;
}

Expected<LoadedTrace> load(const std::string& path, const CommandOptions& options) {
  std::string hint = fmt::format("`{}` shows {}", list_line(options.report()),
                                 options.files.empty() ? "all" : "what the files have");
  if (options.files.empty()) {
    hint += fmt::format("; if a file of yours has it, `{} {} FILE.cpp TRACE`", options.program,
                        options.command->name);
  }
  return load_trace(path, hint);
}

// `one` and `many` are what a single item is and what several are.
void list_some(std::vector<std::string>& details, std::string_view one, std::string_view many,
               const std::vector<std::string>& items, bool all) {
  if (items.empty()) return;
  details.push_back(fmt::format("{} {}:", items.size(), items.size() == 1 ? one : many));
  const std::size_t shown = all ? items.size() : std::min(items.size(), listed_max);
  for (std::size_t i = 0; i < shown; ++i) details.push_back("  " + escaped(items[i]));
  if (shown < items.size()) details.push_back(fmt::format("  ... {} more", items.size() - shown));
}

std::string report_of(const Trace& trace, const std::string& path, Replayed& replayed,
                      const CommandOptions& options) {
  FindingReport report;
  report.finding = *replayed.finding;
  report.trace = trace;
  report.trace.finding = traced(report.finding);
  report.trace_path = path;
  report.history = std::move(replayed.events);
  report.tries = report.reproduced = 1;
  return to_text(report, options.report());
}

// What the run has shown to be wrong in its trace: a sentence, or nothing.
std::string wrong_in_trace(const std::string& path, const Replayed& replayed,
                           const CommandOptions& options) {
  std::string wrong;
  if (!replayed.decisions_out_of_range.empty()) {
    wrong = escaped(replayed.decisions_out_of_range.front());
  } else if (options.strict && !replayed.options_not_asked.empty()) {
    const std::string& name = replayed.options_not_asked.front();
    wrong = fmt::format("options: the scenario has no option {}{}", in_quotes(name),
                        did_you_mean_phrase(name, replayed.options_asked));
  }
  return wrong.empty() ? wrong : escaped(path) + ": " + wrong;
}

Replayed replay_loaded(const LoadedTrace& loaded, const CommandOptions& options) {
  ReplayOptions replay;
  replay.checks = options.search.cases.run.checks;
  replay.worker = options.search.worker;
  replay.worker.silent = !options.command->traits.shows_output;
  return replay_trace(*loaded.scenario, loaded.trace, replay);
}

std::string sentence_without_finding(const Trace& trace, const CommandOptions& options) {
  if (!trace.finding) return "clean, as it was";
  const std::string& check = trace.finding->check;
  if (options.search.cases.run.checks.on(check)) return "no longer fails";
  return fmt::format("the trace's check, {}, is turned off", check);
}

FileResult judge(const std::string& path, const Trace& trace, Replayed replayed,
                 const CommandOptions& options) {
  const std::string wrong = wrong_in_trace(path, replayed, options);
  if (!wrong.empty()) return bad_input(path, wrong);
  FileResult result;
  result.path = path;
  if (replayed.finding) result.signature = replayed.finding->signature;
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
  if (replayed.finding) result.report = report_of(trace, path, replayed, options);
  for (const Finding& note : replayed.notes) {
    result.notes_report += to_text(NoteRow{.scenario = trace.scenario, .note = note},
                                   replay_line(options.report(), path), options.report()) +
                           '\n';
  }
  result.notes = std::move(replayed.notes);
  return result;
}

FileResult replay_file(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> parsed = load(path, options);
  if (!parsed.ok()) return bad_input(path, parsed.error());
  const LoadedTrace& loaded = parsed.value();
  Replayed replayed = replay_loaded(loaded, options);
  if (!replayed.is_dismissed) return judge(path, loaded.trace, std::move(replayed), options);
  FileResult result;
  result.path = path;
  result.sentence = "interrupted";
  result.exit = ExitCode::incomplete;
  return result;
}

ExitCode worst(ExitCode a, ExitCode b) {
  constexpr std::array order = {ExitCode::clean,     ExitCode::incomplete,
                                ExitCode::findings,  ExitCode::not_deterministic,
                                ExitCode::bad_usage, ExitCode::internal};
  return std::max(a, b, [&](ExitCode x, ExitCode y) {
    return std::ranges::find(order, x) < std::ranges::find(order, y);
  });
}

void print_result(const FileResult& result, bool with_report) {
  if (result.exit == ExitCode::bad_usage) {
    complain(result.sentence);
    return;
  }
  if (with_report && !result.report.empty()) print(result.report + '\n');
  if (with_report) print(result.notes_report);
  print(fmt::format("{}: {}\n", escaped(result.path), result.sentence));
  for (const std::string& detail : result.details) print("  " + detail + '\n');
}

std::string as_json(const std::vector<FileResult>& results) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-replay/1").key("traces").begin_list();
  for (const FileResult& result : results) {
    json.begin_object().field("file", result.path);
    json.field("exit_status", static_cast<std::uint64_t>(result.exit));
    json.field("result", result.sentence).field("signature", result.signature);
    json.field("details", result.details).key("notes").begin_list();
    for (const Finding& note : result.notes) {
      json.begin_object().field("check", note.check).field("signature", note.signature);
      json.field("message", note.message).end();
    }
    json.end().end();
  }
  json.end().end();
  return std::move(json).written();
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

// --- shrink ---

FileResult shrink_file(const std::string& path, const CommandOptions& options) {
  const Expected<LoadedTrace> parsed = load(path, options);
  if (!parsed.ok()) return bad_input(path, parsed.error());
  const LoadedTrace& loaded = parsed.value();
  const std::string wrong = wrong_in_trace(path, replay_loaded(loaded, options), options);
  if (!wrong.empty()) return bad_input(path, wrong);
  TriageOptions triage;
  triage.cases.run.options = loaded.trace.options;
  triage.cases.run.checks = options.search.cases.run.checks;
  if (loaded.trace.finding) {
    triage.cases.run.checks.errors.insert(loaded.trace.finding->check);
  }
  triage.worker = options.search.worker;
  triage.worker.silent = true;
  triage.shrink_runs_max = 20'000;
  triage.shrink_milliseconds_max = options.budget.milliseconds.value_or(60'000);
  triage.stopped = is_interrupted;
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
  if (loaded.trace.finding && loaded.trace.finding->signature != result.signature) {
    result.details.push_back("the finding is another than the trace's: " +
                             escaped(result.signature));
  }
  result.report = to_text(*report, options.report());
  return result;
}

using FileCommand = FileResult (*)(const std::string& path, const CommandOptions& options);

ExitCode for_each_file(const CommandOptions& options, FileCommand command) {
  const Expected<std::vector<std::string>> paths = trace_paths_of(options.arguments);
  if (!paths.ok()) {
    complain(paths.error());
    return ExitCode::bad_usage;
  }
  if (paths.value().empty()) {
    complain("there is no *.json in " + escaped(options.arguments.front()));
    return ExitCode::nothing_ran;
  }
  std::vector<FileResult> results;
  std::size_t passed = 0;
  ExitCode exit = ExitCode::clean;
  for (const std::string& path : paths.value()) {
    if (is_interrupted()) {
      exit = worst(exit, ExitCode::incomplete);
      break;
    }
    results.push_back(command(path, options));
    exit = worst(exit, results.back().exit);
    if (results.back().exit == ExitCode::clean) ++passed;
    if (!options.json()) print_result(results.back(), paths.value().size() == 1 || options.verbose);
    if (options.json() && results.back().exit == ExitCode::bad_usage) {
      complain(results.back().sentence);
    }
  }
  if (options.json()) {
    print(as_json(results));
  } else if (results.size() > 1) {
    print(fmt::format("{} passed, {} failed\n", passed, results.size() - passed));
  }
  return exit;
}

ExitCode replay_traces_of(const CommandOptions& options) {
  if (options.break_at == 0) return for_each_file(options, replay_file);
  if (options.arguments.size() != 1) {
    complain("--break-at takes one trace");
    return ExitCode::bad_usage;
  }
  return replay_under_debugger(options.arguments.front(), options);
}

ExitCode shrink_traces(const CommandOptions& options) {
  return for_each_file(options, shrink_file);
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
    .groups = {checks_group, replay_group, limits_group, files_group},
    .traits = {.takes_traces = true, .shows_output = true},
    .run = replay_traces_of,
};

const Command shrink_command{
    .name = "shrink",
    .argument = "FILE",
    .needs_argument = true,
    .summary = "Makes a trace smaller",
    .examples = "  reprise shrink traces/invariant-pager-takes-short-write-broken-9329.json\n",
    .groups = {time_group, checks_group, traces_group, limits_group, files_group},
    .traits = {.takes_traces = true},
    .run = shrink_traces,
};

}  // namespace reprise
