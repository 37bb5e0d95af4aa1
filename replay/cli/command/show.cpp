// show: prints what a trace says.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>
#include <reprise/sim/plan/identity.h>

#include <fmt/format.h>

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
    .summary = "Prints a trace in words",
    .examples = "  reprise show traces/double-mutation-reentry-counter-add-broken-9f2c.json\n",
    .groups = {},
    .run = show_traces,
};

}  // namespace reprise
