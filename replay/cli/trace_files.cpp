#include <reprise/replay/cli/trace_files.h>

#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/cli/report_files.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/timeline/page.h>
#include <reprise/replay/report/timeline/perfetto.h>
#include <reprise/replay/report/timeline/timeline.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

namespace reprise {

namespace {

ExitCode worst(ExitCode a, ExitCode b) {
  constexpr std::array order = {ExitCode::clean,     ExitCode::incomplete,
                                ExitCode::findings,  ExitCode::not_deterministic,
                                ExitCode::bad_usage, ExitCode::internal};
  return std::max(a, b, [&](ExitCode x, ExitCode y) {
    return std::ranges::find(order, x) < std::ranges::find(order, y);
  });
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

// The results as those of a campaign over the scenarios of the traces.
CampaignReport report_of(const std::vector<FileResult>& results, const CommandOptions& options) {
  CampaignReport report;
  report.command = options.command->name;
  for (const FileResult& result : results) {
    if (result.scenario.empty()) {
      report.incomplete.push_back(result.sentence);
      const bool is_new = std::ranges::find(report.scenarios, result.path, &ScenarioRow::name) ==
                          report.scenarios.end();
      if (result.exit == ExitCode::bad_usage && is_new) {
        report.scenarios.push_back({.name = result.path, .error = result.sentence});
      }
      continue;
    }
    auto row = std::ranges::find(report.scenarios, result.scenario, &ScenarioRow::name);
    if (row == report.scenarios.end()) {
      report.scenarios.push_back({.name = result.scenario});
      row = std::prev(report.scenarios.end());
    }
    ++row->runs;
    row->events += result.events;
    if (result.finding) {
      ++row->failed;
      report.findings.push_back(*result.finding);
    }
    for (const Finding& note : result.notes) {
      report.notes.push_back({.scenario = result.scenario, .note = note});
    }
  }
  return report;
}

}  // namespace

FileResult bad_input(const std::string& path, std::string sentence) {
  FileResult result;
  result.path = path;
  result.exit = ExitCode::bad_usage;
  result.sentence = std::move(sentence);
  return result;
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

ExitCode for_each_trace(const CommandOptions& options, FileCommand command) {
  const Expected<std::vector<std::string>> paths = trace_paths_of(options.arguments);
  if (!paths.ok()) {
    complain(paths.error());
    return ExitCode::bad_usage;
  }
  if (paths.value().empty()) {
    complain("there is no *.json in " + escaped(options.arguments.front()));
    return ExitCode::nothing_ran;
  }
  if (draws_runs(options) && paths.value().size() > 1) {
    complain("--html and --perfetto take one trace");
    return ExitCode::bad_usage;
  }
  if (const std::string wrong = prepare_reports(options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
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
  CampaignReport report = report_of(results, options);
  if (exit == ExitCode::incomplete) report.incomplete.emplace_back("the replay was interrupted");
  if (const std::string wrong = write_reports(options, report, options.report()); !wrong.empty()) {
    complain("a report was not written: " + wrong);
    exit = worst(exit, ExitCode::incomplete);
  }
  if (options.json()) {
    print(as_json(results));
  } else if (results.size() > 1) {
    print(fmt::format("{} passed, {} failed\n", passed, results.size() - passed));
  }
  return exit;
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

Replayed replay_loaded(const LoadedTrace& loaded, const CommandOptions& options) {
  ReplayOptions replay;
  replay.checks = options.search.cases.run.checks;
  replay.worker = options.search.worker;
  replay.worker.silent = !options.command->traits.shows_output;
  return replay_trace(*loaded.scenario, loaded.trace, replay);
}

FindingReport report_of_run(const std::string& path, const Trace& trace, const Replayed& replayed) {
  FindingReport report;
  if (replayed.finding) report.finding = *replayed.finding;
  report.trace = trace;
  report.trace.finding.reset();
  if (replayed.finding) report.trace.finding = traced(report.finding);
  report.trace_path = path;
  report.history = replayed.events;
  report.tries = report.reproduced = 1;
  return report;
}

bool draws_runs(const CommandOptions& options) {
  const bool takes_traces = options.command->traits.takes_traces;
  return takes_traces && !(options.html.empty() && options.perfetto.empty());
}

FindingReport drawn_run(const std::string& path, const Trace& trace, const Replayed& replayed) {
  FindingReport report = report_of_run(path, trace, replayed);
  if (replayed.died) report.history = trace.events;
  return report;
}

std::string write_drawings(const FindingReport& report, const CommandOptions& options) {
  const auto write = [&](const std::string& path, std::string_view text) {
    const std::optional<std::string> wrong = write_file_text(path, text);
    if (!wrong && !options.json()) print(escaped(path) + " was written\n");
    return wrong.value_or("");
  };
  std::string wrong;
  if (!options.html.empty()) wrong = write(options.html, timeline_page(report, options.report()));
  if (options.perfetto.empty() || !wrong.empty()) return wrong;
  return write(options.perfetto, to_perfetto(timeline_of(report.history, report.finding)));
}

std::string draw_finding(const FindingReport& report, const CommandOptions& options) {
  if (options.html.empty() || report.trace_path.empty()) return "";
  const std::string path =
      std::filesystem::path(report.trace_path).replace_extension(".html").string();
  if (auto wrong = write_file_text(path, timeline_page(report, options.report()))) {
    complain(*wrong);
    return "";
  }
  return fmt::format("  Timeline {}\n", escaped(path));
}

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

std::string sentence_without_finding(const Trace& trace, const CommandOptions& options) {
  if (!trace.finding) return "clean, as it was";
  const std::string& check = trace.finding->check;
  if (options.search.cases.run.checks.on(check)) return "no longer fails";
  return fmt::format("the trace's check, {}, is turned off", check);
}

}  // namespace reprise
