// show: prints what a trace says, or makes its run again and draws that.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/sim/plan/identity.h>

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace reprise {

namespace {

std::string shown_trace(const std::string& path, const Trace& trace,
                        const CommandOptions& options) {
  const TerminalStyle paint(options.color);
  std::string text = fmt::format("{}\n  scenario  {}\n", paint(TextStyle::strong, escaped(path)),
                                 escaped(trace.scenario));
  for (const auto& [name, value] : trace.options) {
    text += fmt::format("  option    {}={}\n", escaped(name), value);
  }
  if (!trace.build.empty()) text += fmt::format("  build     {}\n", escaped(trace.build));
  if (trace.seed) text += fmt::format("  seed      {:#x}\n", *trace.seed);
  if (!trace.strategy.empty()) text += fmt::format("  strategy  {}\n", escaped(trace.strategy));
  text += fmt::format("  base      {}\n", trace.plan.base == Base::sync ? "sync" : "lazy");
  text += fmt::format("\n{}\n", counted(trace.plan.decisions.size(), "decision"));
  for (const PlannedDecision& decision : trace.plan.decisions) {
    const std::optional<IdentityText> identity = parse_identity(decision.identity);
    const std::string meaning = identity ? meaning_of(identity->kind, decision.value) : "";
    text += fmt::format("  {} = {}  {}\n", escaped(decision.identity), decision.value,
                        paint(TextStyle::faint, meaning));
  }
  text += fmt::format("\n{} held to an order\n", counted(trace.plan.order.size(), "event"));
  for (const std::string& identity : trace.plan.order) {
    text += fmt::format("  {}\n", escaped(identity));
  }
  if (trace.finding) {
    text +=
        fmt::format("\n{} {}\n", paint(TextStyle::error, "finding[" + trace.finding->check + "]:"),
                    escaped(trace.finding->message));
    for (const std::string& fact : trace.finding->evidence) text += "  " + escaped(fact) + '\n';
  }
  if (!trace.events.empty()) text += fmt::format("\n{}\n", counted(trace.events.size(), "event"));
  std::size_t number = 0;
  for (const LoggedEvent& event : trace.events) {
    text += fmt::format("  {:>5}  {}  {}\n", ++number, escaped(event.identity),
                        escaped(to_text(event.facts)));
  }
  return text;
}

// Makes the run again, since a trace need not have its events, and never has the places in the
// code. Nothing, and an exit status, if it cannot be made.
std::optional<FindingReport> made_again(const std::string& path, const CommandOptions& options,
                                        ExitCode& exit) {
  exit = ExitCode::bad_usage;
  const Expected<LoadedTrace> loaded = load(path, options);
  if (!loaded.ok()) {
    complain(loaded.error());
    return std::nullopt;
  }
  const Trace& trace = loaded.value().trace;
  const Replayed replayed = replay_loaded(loaded.value(), options);
  if (replayed.is_dismissed) exit = ExitCode::incomplete;
  if (replayed.is_dismissed) return std::nullopt;
  if (const std::string wrong = wrong_in_trace(path, replayed, options); !wrong.empty()) {
    complain(wrong);
    return std::nullopt;
  }
  if (!replayed.finding && trace.finding) {
    print(fmt::format("{}: {}\n", escaped(path), sentence_without_finding(trace, options)));
  }
  exit = ExitCode::clean;
  return drawn_run(path, trace, replayed);
}

ExitCode draw_trace(const std::string& path, const CommandOptions& options) {
  ExitCode exit = ExitCode::clean;
  std::optional<FindingReport> report = made_again(path, options, exit);
  if (!report) return exit;
  if (!options.against.empty()) {
    std::optional<FindingReport> original = made_again(options.against, options, exit);
    if (!original) return exit;
    if (original->trace.scenario != report->trace.scenario) {
      complain(fmt::format("--against: {} is of another scenario, {}", escaped(options.against),
                           escaped(original->trace.scenario)));
      return ExitCode::bad_usage;
    }
    report->original = OriginalRun{std::move(original->trace.plan), std::move(original->history)};
  }
  if (const std::string wrong = write_drawings(*report, options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  return ExitCode::clean;
}

ExitCode show_traces(const CommandOptions& options) {
  const Expected<std::vector<std::string>> paths = trace_paths_of(options.arguments);
  if (!paths.ok()) {
    complain(paths.error());
    return ExitCode::bad_usage;
  }
  if (paths.value().empty()) {
    complain("there is no *.json in " + escaped(options.arguments.front()));
    return ExitCode::nothing_ran;
  }
  if (options.json() && paths.value().size() > 1) {
    complain("--json shows one trace");
    return ExitCode::bad_usage;
  }
  if (draws_runs(options) && (options.json() || paths.value().size() > 1)) {
    complain(options.json() ? "--html and --perfetto exclude --json"
                            : "--html and --perfetto take one trace");
    return ExitCode::bad_usage;
  }
  if (draws_runs(options)) return draw_trace(paths.value().front(), options);
  ExitCode exit = ExitCode::clean;
  for (const std::string& path : paths.value()) {
    const Expected<Trace> trace = read_trace(path);
    if (!trace.ok()) {
      complain(trace.error());
      exit = ExitCode::bad_usage;
      continue;
    }
    print(options.json() ? to_json(trace.value()) : shown_trace(path, trace.value(), options));
  }
  return exit;
}

}  // namespace

const Command show_command{
    .name = "show",
    .argument = "FILE",
    .needs_argument = true,
    .summary = "Prints a trace in words, or draws its run as a timeline",
    .examples =
        "  reprise show traces/double-mutation-reentry-counter-add-broken-9f2c.json\n"
        "  reprise show my_machine.cpp traces/leak-mine-0a1b.json --html leak.html\n"
        "  reprise show small.json --against first.json --html both.html\n",
    .groups = {drawing_group, against_group, checks_group, limits_group, files_group},
    .traits = {.takes_traces = true},
    .json_schema = "trace",
    .run = show_traces,
};

}  // namespace reprise
