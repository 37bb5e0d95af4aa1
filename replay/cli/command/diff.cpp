// diff: the first event in which two runs differ.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/trace_files.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/replay.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t events_before = 3;  // shown before the first difference
constexpr std::size_t decisions_shown = 20;

// One of the two runs. If its trace has no events, the run is made again.
struct ComparedRun {
  char letter = 'A';
  std::string path;
  Trace trace;
  std::vector<LoggedEvent> events;
  std::string signature;  // of the finding; empty: none
};

// A run, or the exit status of a command that has complained.
struct Loaded {
  std::optional<ComparedRun> run;
  ExitCode exit = ExitCode::clean;
};

Loaded refused_run(std::string_view sentence) {
  complain(sentence);
  return {std::nullopt, ExitCode::bad_usage};
}

Loaded load_run(char letter, const std::string& path, const CommandOptions& options) {
  Expected<Trace> recorded = read_trace(path);
  if (!recorded.ok()) return refused_run(recorded.error());
  ComparedRun run{letter, path, std::move(recorded).value(), {}, {}};
  if (run.trace.finding) run.signature = run.trace.finding->signature;
  if (!run.trace.events.empty()) {
    run.events = std::move(run.trace.events);
    return {std::move(run), ExitCode::clean};
  }
  const Expected<LoadedTrace> loaded = load(path, options);
  if (!loaded.ok()) return refused_run(loaded.error());
  Replayed replayed = replay_loaded(loaded.value(), options);
  if (replayed.is_dismissed) return {std::nullopt, ExitCode::incomplete};
  if (replayed.died) {
    return refused_run(escaped(path) +
                       ": its run ends the process, so its events are known only from a trace that "
                       "`--full` has written");
  }
  if (const std::string wrong = wrong_in_trace(path, replayed, options); !wrong.empty()) {
    return refused_run(wrong);
  }
  run.events = std::move(replayed.events);
  run.signature = replayed.finding ? replayed.finding->signature : "";
  return {std::move(run), ExitCode::clean};
}

std::string what_happens(const LoggedEvent& event) {
  return escaped(event.facts.empty() ? event.identity : to_text(event.facts));
}

// How two events differ, of which at least one is there.
std::string difference_in_words(const ComparedRun& a, const ComparedRun& b, std::size_t at) {
  const auto ended = [&](const ComparedRun& run, const ComparedRun& other) {
    return fmt::format("{} has ended after {}, and {} goes on.", run.letter,
                       counted(run.events.size(), "event"), other.letter);
  };
  if (at == a.events.size()) return ended(a, b);
  if (at == b.events.size()) return ended(b, a);
  const LoggedEvent& one = a.events[at];
  const LoggedEvent& other = b.events[at];
  if (one.identity != other.identity) {
    return fmt::format("Event {} is another one: in A it is {}, in B {}.", at + 1,
                       escaped(one.identity), escaped(other.identity));
  }
  const std::string_view how = one.time_ns != other.time_ns ? "at another time"
                               : to_text(one.facts) != to_text(other.facts)
                                   ? "with another outcome"
                                   : "with other bytes, values or results";
  return fmt::format("Event {} is the same, {}, but {}.", at + 1, escaped(one.identity), how);
}

std::string event_line(char letter, const ComparedRun& run, std::size_t at) {
  if (at >= run.events.size())
    return fmt::format("  {}  {:>5}  the run has ended\n", letter, at + 1);
  const LoggedEvent& event = run.events[at];
  return fmt::format("  {}  {:>5}  {:>8}  {}\n", letter, at + 1, shown_time(event.time_ns),
                     what_happens(event));
}

// The decisions of `run` that `other` does not make, or makes otherwise.
std::vector<std::string> own_decisions(const ComparedRun& run, const ComparedRun& other) {
  std::vector<std::string> lines;
  const std::vector<PlannedDecision>& known = other.trace.plan.decisions;
  for (std::size_t i = 0; i < run.trace.plan.decisions.size(); ++i) {
    const PlannedDecision& decision = run.trace.plan.decisions[i];
    const bool is_shared = std::ranges::any_of(known, [&](const PlannedDecision& each) {
      return each.identity == decision.identity && each.value == decision.value;
    });
    if (is_shared) continue;
    lines.push_back(fmt::format("  {}  {}   {}", run.letter, escaped(decision.identity),
                                escaped(meaning_of(run.trace, i))));
  }
  return lines;
}

std::string plans_in_words(const ComparedRun& a, const ComparedRun& b) {
  std::string text;
  if (a.trace.scenario != b.trace.scenario) {
    text += fmt::format("A is a run of {}, and B of {}.\n", escaped(a.trace.scenario),
                        escaped(b.trace.scenario));
  }
  if (a.trace.options != b.trace.options) text += "The options of the scenario differ.\n";
  if (a.trace.plan.base != b.trace.plan.base) {
    const bool is_sync = a.trace.plan.base == Base::sync;
    text += fmt::format("A starts from the {} world, B from the {} world.\n",
                        is_sync ? "sync" : "lazy", is_sync ? "lazy" : "sync");
  }
  if (a.trace.plan.order != b.trace.plan.order) text += "The orders in the plans differ.\n";
  std::vector<std::string> lines = own_decisions(a, b);
  for (std::string& line : own_decisions(b, a)) lines.push_back(std::move(line));
  if (lines.empty()) return text;
  text += "Decisions of one plan only:\n";
  for (std::size_t i = 0; i < std::min(lines.size(), decisions_shown); ++i) text += lines[i] + '\n';
  if (lines.size() > decisions_shown) {
    text += fmt::format("  ... {} more\n", lines.size() - decisions_shown);
  }
  return text;
}

std::string as_text(const ComparedRun& a, const ComparedRun& b, std::optional<std::size_t> at,
                    const CommandOptions& options) {
  const TerminalStyle paint(options.color);
  std::string text;
  for (const ComparedRun* const run : {&a, &b}) {
    text += fmt::format("  {}  {}: {}, {}\n", run->letter, escaped(run->path),
                        counted(run->events.size(), "event"),
                        run->signature.empty() ? "no finding" : escaped(run->signature));
  }
  text += '\n';
  if (!at) {
    text += fmt::format("The runs are the same, all {}.\n", counted(a.events.size(), "event"));
  } else {
    if (*at == 1) text += "The first event is the same. ";
    if (*at > 1) text += fmt::format("The first {} events are the same. ", *at);
    text += paint(TextStyle::strong, difference_in_words(a, b, *at)) + "\n\n";
    for (std::size_t i = *at - std::min(*at, events_before); i < *at; ++i) {
      text += event_line(' ', a, i);
    }
    text += paint(TextStyle::error, event_line('A', a, *at));
    text += paint(TextStyle::error, event_line('B', b, *at));
  }
  const std::string plans = plans_in_words(a, b);
  return plans.empty() ? text : text + '\n' + plans;
}

std::string as_json(const ComparedRun& a, const ComparedRun& b, std::optional<std::size_t> at) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-diff/1").key("same").boolean(!at);
  if (at) json.field("event", std::uint64_t{*at + 1}).field("how", difference_in_words(a, b, *at));
  json.key("runs").begin_list();
  for (const ComparedRun* const run : {&a, &b}) {
    json.begin_object().field("trace", run->path).field("scenario", run->trace.scenario);
    json.field("signature", run->signature).field("events", std::uint64_t{run->events.size()});
    if (at && *at < run->events.size()) {
      const LoggedEvent& event = run->events[*at];
      json.key("differs").begin_object().field("id", event.identity);
      json.field("time_ns", fmt::to_string(event.time_ns))
          .field("what", to_text(event.facts))
          .end();
    }
    json.end();
  }
  json.end().end();
  return std::move(json).written();
}

ExitCode compare_runs(const CommandOptions& options) {
  if (options.arguments.size() != 2) {
    complain(fmt::format("`{} diff` compares two traces, A and B", options.program));
    return ExitCode::bad_usage;
  }
  const Loaded a = load_run('A', options.arguments[0], options);
  if (!a.run) return a.exit;
  const Loaded b = load_run('B', options.arguments[1], options);
  if (!b.run) return b.exit;
  const std::optional<std::size_t> at = first_different_event(a.run->events, b.run->events);
  print(options.json() ? as_json(*a.run, *b.run, at) : as_text(*a.run, *b.run, at, options));
  return at ? ExitCode::findings : ExitCode::clean;
}

}  // namespace

const Command diff_command{
    .name = "diff",
    .argument = "TRACE",
    .needs_argument = true,
    .summary = "Shows the first event in which two runs differ (exit status 1)",
    .examples =
        "  reprise diff traces/before.json traces/after.json\n"
        "  reprise diff my_machine.cpp a.json b.json\n",
    .groups = {checks_group, limits_group, files_group},
    .traits = {.takes_traces = true},
    .json_schema = "diff",
    .run = compare_runs,
};

}  // namespace reprise
