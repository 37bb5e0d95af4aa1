#include <reprise/replay/trace/replay.h>

#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/worker/crash_finding.h>
#include <reprise/replay/worker/death_places.h>
#include <reprise/replay/worker/heartbeat.h>
#include <reprise/replay/worker/message.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

namespace reprise {

// A run that has ended its process sends no message.
static void fields(MessageArchive& archive, Replayed& replayed) {
  archive(replayed.finding, replayed.notes, replayed.digest, replayed.event_count, replayed.events,
          replayed.decisions_not_reached, replayed.order_not_reached,
          replayed.decisions_out_of_range, replayed.options_not_asked, replayed.options_asked);
}

namespace {

Replayed run_trace(const Scenario& scenario, const Trace& trace, const RunOptions& options) {
  Runner runner;
  const std::unique_ptr<PlanStrategy> strategy = make_plan_strategy(trace.plan);
  const bool twice = trace.finding && trace.finding->check == check_name::determinism;
  RunResult result = runner.run_checked(scenario, *strategy, options, twice);
  Replayed replayed;
  replayed.finding = std::move(result.finding);
  replayed.notes = std::move(result.notes);
  replayed.digest = result.digest;
  replayed.event_count = result.stats.events;
  replayed.events = std::move(result.events);
  for (const auto& [name, value] : trace.options) {
    if (!result.options_asked.contains(name)) replayed.options_not_asked.push_back(name);
  }
  for (const auto& [name, value] : result.options_asked) replayed.options_asked.push_back(name);
  for (const std::size_t i : strategy->decisions_not_reached()) {
    replayed.decisions_not_reached.push_back(trace.plan.decisions[i].identity);
  }
  for (const std::size_t i : strategy->order_not_reached()) {
    replayed.order_not_reached.push_back(trace.plan.order[i]);
  }
  for (const std::size_t i : strategy->decisions_out_of_range()) {
    const PlannedDecision& decision = trace.plan.decisions[i];
    replayed.decisions_out_of_range.push_back(
        fmt::format("decision {} has the value {}, but goes from 0 to {}", decision.identity,
                    decision.value, strategy->arity_of(i) - 1));
  }
  return replayed;
}

RunOptions run_options(const Trace& trace, const CheckSet& checks) {
  RunOptions options;
  options.options = trace.options;
  options.checks = checks;
  if (trace.finding) {
    for (std::string& check : checks_named(trace.finding->check)) {
      options.checks.errors.insert(std::move(check));
    }
  }
  options.log_events = true;
  return options;
}

// The number and the texts of the first event in which both differ.
std::string first_difference(const std::vector<LoggedEvent>& recorded,
                             const std::vector<LoggedEvent>& now) {
  const std::optional<std::size_t> at = first_different_event(recorded, now);
  if (!at) return {};
  const auto text = [&](const std::vector<LoggedEvent>& events) {
    if (*at >= events.size()) return std::string("the run had ended");
    return fmt::format("{} ({})", events[*at].identity, to_text(events[*at].facts));
  };
  return fmt::format("event {} differs: recorded {}, now {}", *at + 1, text(recorded), text(now));
}

}  // namespace

std::optional<std::size_t> first_different_event(const std::vector<LoggedEvent>& one,
                                                 const std::vector<LoggedEvent>& other) {
  const std::size_t common = std::min(one.size(), other.size());
  std::size_t at = 0;
  while (at < common && one[at].identity == other[at].identity &&
         one[at].digest == other[at].digest) {
    ++at;
  }
  if (at == one.size() && at == other.size()) return std::nullopt;
  return at;
}

bool is_same_finding(const TracedFinding& recorded, const Finding& now) {
  // A signature begins with the check's name, which may have been that of its group.
  const auto rest = [](std::string_view signature, std::string_view check) {
    return signature.starts_with(check) ? signature.substr(check.size()) : signature;
  };
  return stands_for(recorded.check, now.check) &&
         rest(recorded.signature, recorded.check) == rest(now.signature, now.check);
}

Expected<LoadedTrace> load_trace(const std::string& path, std::string_view hint) {
  Expected<Trace> trace = read_trace(path);
  if (!trace.ok()) return Expected<LoadedTrace>::failed(trace.error());
  LoadedTrace loaded{std::move(trace).value(), nullptr};
  loaded.scenario = find_scenario(loaded.trace.scenario);
  if (loaded.scenario == nullptr) {
    std::vector<std::string> known;
    for (const Scenario& scenario : scenarios()) known.push_back(scenario.name);
    return Expected<LoadedTrace>::failed(fmt::format(
        "{}: there is no scenario {}{}", escaped(path), in_quotes(loaded.trace.scenario),
        did_you_mean_phrase(loaded.trace.scenario, known, hint)));
  }
  if (loaded.trace.finding && checks_named(loaded.trace.finding->check).empty()) {
    const std::string wrong = unknown_name("check", {loaded.trace.finding->check}, check_names());
    return Expected<LoadedTrace>::failed(
        fmt::format("{}: finding.check: {}", escaped(path), wrong));
  }
  return loaded;
}

Replayed replay_trace(const Scenario& scenario, const Trace& trace, const ReplayOptions& options) {
  Replayed replayed;
  const WorkerEnd end = run_in_worker(
      [&](WorkerPort& port) {
        RunOptions run = run_options(trace, options.checks);
        beat_at(port, run);
        port.send(to_bytes(run_trace(scenario, trace, run)));
      },
      options.worker, [&](std::string_view record) { replayed = from_bytes<Replayed>(record); });
  if (!end.died()) return replayed;
  replayed = {};
  replayed.died = true;
  if (!end.is_dismissed()) {
    replayed.finding = finding_of_death(scenario, end);
    show_places(*replayed.finding, end);
  }
  replayed.is_dismissed = end.is_dismissed();
  return replayed;
}

Replayed replay_trace_here(const Scenario& scenario, const Trace& trace, const CheckSet& checks,
                           std::uint64_t break_at) {
  RunOptions options = run_options(trace, checks);
  options.break_at = break_at;
  return run_trace(scenario, trace, options);
}

bool is_traced() {
  std::ifstream status("/proc/self/status");
  constexpr std::string_view field = "TracerPid:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return line.find_first_of("123456789") != std::string::npos;
  }
  return false;
}

ReplayAnswer compare_findings(const Trace& trace, const Replayed& replayed) {
  if (!replayed.finding) return ReplayAnswer::none;
  if (!trace.finding) return ReplayAnswer::unexpected;
  return is_same_finding(*trace.finding, *replayed.finding) ? ReplayAnswer::same
                                                            : ReplayAnswer::other;
}

std::vector<std::string> differences(const Trace& trace, const Replayed& replayed) {
  std::vector<std::string> sentences;
  const std::string recorded = trace.finding ? trace.finding->signature : "no finding";
  const std::string now = replayed.finding ? replayed.finding->signature : "no finding";
  if (recorded != now) sentences.push_back(fmt::format("recorded: {}; now: {}", recorded, now));
  if (replayed.died) return sentences;
  for (const std::string& identity : replayed.decisions_not_reached) {
    sentences.push_back("decision " + identity + " was never reached");
  }
  for (const std::string& identity : replayed.order_not_reached) {
    sentences.push_back("event " + identity + " of the order never happened");
  }
  if (trace.digest && *trace.digest != replayed.digest) {
    sentences.push_back(
        fmt::format("the run's digest is {:#018x}, not {:#018x}", replayed.digest, *trace.digest));
  }
  if (!trace.events.empty()) {
    std::string first = first_difference(trace.events, replayed.events);
    if (!first.empty()) sentences.push_back(std::move(first));
  }
  return sentences;
}

}  // namespace reprise
