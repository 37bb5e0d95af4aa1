#include <reprise/replay/campaign/triage.h>

#include <reprise/core/digest.h>
#include <reprise/replay/campaign/shrink.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/crash_finding.h>
#include <reprise/replay/worker/crash_recording.h>
#include <reprise/replay/worker/death_places.h>
#include <reprise/replay/worker/heartbeat.h>
#include <reprise/replay/worker/message.h>
#include <reprise/sim/check/determinism.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace reprise {

namespace {

// A report's history is for people; a run longer than this is not shown.
constexpr std::uint64_t history_events_max = 100'000;
// Every try costs a process, of a hang also the time until it is noticed.
constexpr std::uint32_t death_shrink_runs_max = 300;
constexpr std::uint32_t runs_of_smallest = 2;
// A run that has hung for the whole time is told sooner the next time.
constexpr std::uint64_t known_hang_ms = 1'000;

// What the run printed is for the report, unless it was on the screen already.
WorkerOptions worker_options(const TriageOptions& options) {
  WorkerOptions worker = options.worker;
  worker.captures = worker.silent;
  worker.silent = true;
  worker.deadline_ms = options.deadline_ms;
  worker.stopped = options.stopped;
  return worker;
}

/// What is examined: a case of a campaign, or a plan.
struct Candidate {
  std::optional<Case> item;
  Plan plan;  // without `item`
  std::string signature;
  bool is_determinism = false;
};

/// What came of it, on its way from a worker.
struct Answer {
  bool is_reproduced = false;
  bool is_certain = false;  // a finding all the same, for it was seen
  bool is_triaged = true;
  std::string first;  // signatures seen when the run was repeated, in words if there was none
  std::string again;
  Finding finding;
  Plan plan;
  Options options;
  std::uint64_t digest = 0;
  std::vector<LoggedEvent> history;
  Plan original;
  std::vector<LoggedEvent> original_history;  // empty: not kept
  std::uint64_t distance_before = 0;
  std::string output;
};

// The rest is known to the supervisor alone.
void fields(MessageArchive& archive, Answer& answer) {
  archive(answer.is_reproduced, answer.first, answer.again, answer.finding, answer.plan,
          answer.options, answer.digest, answer.history, answer.original, answer.original_history,
          answer.distance_before);
}

std::string signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : std::string();
}

CaseOptions with_heartbeat(CaseOptions cases, WorkerPort& port) {
  beat_at(port, cases.run);
  return cases;
}

// What a triage asks of one run, which may be one of a copy of its process.
struct Seen {
  std::string signature;
  std::optional<Finding> finding;
  Plan plan;  // of a case
  Options options;
  std::uint64_t digest = 0;
  std::uint64_t event_count = 0;
  std::vector<LoggedEvent> events;
};

void fields(MessageArchive& archive, Seen& seen) {
  archive(seen.signature, seen.finding, seen.plan, seen.options, seen.digest, seen.event_count,
          seen.events);
}

Seen seen_in(RunResult result, Plan plan = {}) {
  return {signature_of(result),    std::move(result.finding),
          std::move(plan),         std::move(result.options_asked),
          result.digest,           result.stats.events,
          std::move(result.events)};
}

// Gives what `run` has seen; in a copy of this process if each run is to have its own.
template <class Run>
Seen see(const TriageOptions& options, WorkerPort& port, Run run) {
  port.beat();
  if (!options.cases.is_isolated) {
    Seen seen = run();
    port.after_run();
    return seen;
  }
  return from_bytes<Seen>(port.in_copy([&] { return to_bytes(run()); }));
}

// Whether a run that ended so was one that goes on for ever.
bool is_endless(const WorkerEnd& end) { return end.has_hung() || end.death == Death::memory; }

class Triage {
 public:
  Triage(const Scenario& scenario, Candidate candidate, const TriageOptions& options)
      : scenario_(scenario),
        candidate_(std::move(candidate)),
        options_(options),
        begun_ms_(worker_clock_ms()) {}

  /// Answers for a finding that the run itself reports; `seen` is how it looked then.
  Answer of_finding(const Finding& seen) const;

  /// Reproduces a run that ends its process like that.
  Answer of_death(const WorkerEnd& end);

 private:
  bool is_time_over() const {
    return worker_clock_ms() - begun_ms_ > options_.shrink_milliseconds_max ||
           (options_.stopped && options_.stopped());
  }

  bool is_cut_off() const {
    return worker_clock_ms() >= options_.deadline_ms || (options_.stopped && options_.stopped());
  }

  Answer in_this_process(WorkerPort& port, std::uint32_t shrink_runs) const;

  /// What the check `determinism` says of the plan; without a check if it says nothing.
  Finding difference_of(const Plan& plan, WorkerPort& port) const;
  /// Runs the plan twice more, which must show the finding. What the last run prints is captured if
  /// it is the `last` of all.
  void finish(Answer& answer, CaseRunner& runner, WorkerPort& port, bool last) const;

  /// Runs the candidate's case, or `plan` if there is one, in a worker that it may kill.
  WorkerEnd run_deadly(const Plan* plan, CrashRecording* recording) const;
  /// The candidate's signature if the run ended like that: what goes on without an end may meet one
  /// limit or another first.
  std::string signature_of_end(const WorkerEnd& end, const WorkerEnd& candidate_end) const {
    if (!end.died()) return {};
    const bool is_same = is_endless(end) && is_endless(candidate_end);
    return death_signature(scenario_, is_same ? candidate_end : end);
  }

  const Scenario& scenario_;
  Candidate candidate_;
  const TriageOptions& options_;
  std::uint64_t begun_ms_;
  std::uint64_t hang_ms_ = UINT64_MAX;  // lower than the worker's when a hang is known to be one
};

// What was known when there was no time for more.
Answer unexamined(Finding seen, bool is_stopped) {
  Answer answer;
  answer.is_triaged = false;
  answer.is_certain = true;
  answer.finding = std::move(seen);
  answer.finding.evidence.emplace_back(is_stopped ? "it was not run again: interrupted"
                                                  : "it was not run again: the time was over");
  return answer;
}

Answer Triage::of_finding(const Finding& seen) const {
  std::optional<Answer> answer;
  const WorkerEnd end = run_in_worker(
      [&](WorkerPort& port) {
        port.send(to_bytes(in_this_process(port, options_.shrink_runs_max)));
      },
      worker_options(options_),
      [&](std::string_view record) { answer = from_bytes<Answer>(record); });
  if (answer) {
    answer->output = end.output;
    return *std::move(answer);
  }
  if (end.is_dismissed()) {
    Answer none = unexamined(seen, options_.stopped && options_.stopped());
    if (none.finding.signature.empty()) none.finding.signature = candidate_.signature;
    return none;
  }
  Answer death;
  death.again = "the process " + end.words;
  return death;
}

Answer Triage::in_this_process(WorkerPort& port, std::uint32_t shrink_runs) const {
  CaseRunner runner(scenario_, with_heartbeat(options_.cases, port));
  const bool twice = candidate_.is_determinism;
  const auto try_plan = [&](const Plan& plan) {
    return see(options_, port, [&] { return seen_in(runner.run_plan(plan, twice)); }).signature;
  };

  Answer answer;
  answer.plan = candidate_.plan;
  if (candidate_.item) {
    Seen recorded = see(options_, port, [&] {
      CaseRunner::Recorded of_case = runner.record(*candidate_.item);
      return seen_in(std::move(of_case.result), std::move(of_case.plan));
    });
    answer.plan = std::move(recorded.plan);
    answer.options = std::move(recorded.options);
    answer.digest = recorded.digest;
    answer.first = std::move(recorded.signature);
  }
  answer.distance_before = distance(answer.plan);
  if (twice || !candidate_.item) answer.first = try_plan(answer.plan);
  answer.again = try_plan(answer.plan);
  if (answer.first != candidate_.signature || answer.again != candidate_.signature) {
    if (!options_.cases.is_isolated) answer.finding = difference_of(answer.plan, port);
    return answer;
  }

  if (shrink_runs > 0) {
    // For the case that the time is over, or a smaller plan is deadly.
    Answer unshrunk = answer;
    finish(unshrunk, runner, port, false);
    if (options_.keeps_original) {
      answer.original = unshrunk.plan;
      answer.original_history = unshrunk.history;
    }
    port.send(to_bytes(std::move(unshrunk)));
    const auto try_while_time = [&](const Plan& plan) {
      return is_time_over() ? std::string() : try_plan(plan);
    };
    answer.plan =
        shrink(answer.plan, candidate_.signature, try_while_time, {.runs_max = shrink_runs}).plan;
  }
  finish(answer, runner, port, true);
  if (!answer.is_reproduced && !options_.cases.is_isolated) {
    answer.finding = difference_of(answer.plan, port);
  }
  return answer;
}

void Triage::finish(Answer& answer, CaseRunner& runner, WorkerPort& port, bool last) const {
  const bool twice = candidate_.is_determinism;
  const auto run = [&](bool is_logged) {
    return see(options_, port,
               [&] { return seen_in(runner.run_plan(answer.plan, twice, is_logged)); });
  };
  const Seen before = run(false);
  if (last) port.capture_output();
  Seen logged = run(before.event_count <= history_events_max);
  answer.again = logged.signature;
  answer.is_reproduced = before.signature == candidate_.signature &&
                         answer.again == candidate_.signature &&
                         (twice || before.digest == logged.digest);
  if (answer.is_reproduced) answer.finding = *std::move(logged.finding);
  if (before.digest != logged.digest) answer.again += ", after other events than the time before";
  answer.options = std::move(logged.options);
  answer.digest = logged.digest;
  answer.history = std::move(logged.events);
}

Finding Triage::difference_of(const Plan& plan, WorkerPort& port) const {
  CaseOptions cases = with_heartbeat(options_.cases, port);
  for (const std::string& check : check_names()) {
    if (check != check_name::determinism) cases.run.checks.off.insert(check);
  }
  CaseRunner runner(scenario_, cases);
  return runner.run_plan(plan, true).finding.value_or(Finding{});
}

// The events of a run that has ended its process, of which no more is known.
std::vector<LoggedEvent> deadly_history(const std::vector<std::string>& events) {
  std::vector<LoggedEvent> history;
  for (const std::string& event : events) history.push_back({.identity = event});
  return history;
}

WorkerEnd Triage::run_deadly(const Plan* plan, CrashRecording* recording) const {
  const auto body = [&](WorkerPort& port) {
    port.capture_output();
    const CaseOptions cases = with_heartbeat(options_.cases, port);
    CaseRunner runner(scenario_, cases);
    std::unique_ptr<Strategy> planned;
    if (plan != nullptr) planned = make_plan_strategy(*plan);
    Strategy& strategy = planned ? *planned : runner.strategy_for(*candidate_.item);
    std::unique_ptr<Strategy> recorder;
    if (recording != nullptr) recorder = recording->recorder(strategy);
    runner.run(recorder ? *recorder : strategy, cases.run);
  };
  WorkerOptions worker = worker_options(options_);
  worker.hang_ms = std::min(worker.hang_ms, hang_ms_);
  return run_in_worker(body, worker);
}

Answer Triage::of_death(const WorkerEnd& end) {
  const auto signature_with = [&](const Plan& plan) {
    return signature_of_end(run_deadly(&plan, nullptr), end);
  };
  Answer answer;
  answer.finding = finding_of_death(scenario_, end);
  CrashRecording recording;
  const std::string none = "the run came to its end";
  answer.plan = candidate_.plan;
  const WorkerEnd first = run_deadly(candidate_.item ? nullptr : &candidate_.plan, &recording);
  if (candidate_.item) answer.plan = recording.recorded().plan;
  answer.first = first.died() ? signature_of_end(first, end) : none;
  if (first.is_dismissed()) {
    return unexamined(std::move(answer.finding), options_.stopped && options_.stopped());
  }
  // A process that was there twice was seen, whatever became of it the next time.
  answer.is_certain = end.death == Death::fork;
  if (answer.first != candidate_.signature) {
    answer.is_triaged = !answer.is_certain;
    if (answer.is_certain) {
      answer.finding.evidence.emplace_back(
          "it did not happen again when the run was repeated, so something outside decides it");
    }
    return answer;
  }
  answer.distance_before = distance(answer.plan);
  if (is_endless(end)) hang_ms_ = known_hang_ms;
  answer.again = signature_with(answer.plan);
  if (answer.again != candidate_.signature) {
    answer.is_certain = answer.is_certain || is_cut_off();
    return answer;
  }

  if (options_.shrink_runs_max > 0) {
    if (options_.keeps_original) {
      answer.original = answer.plan;
      answer.original_history = deadly_history(recording.recorded().happened);
    }
    const auto try_plan = [&](const Plan& plan) {
      return is_time_over() ? std::string() : signature_with(plan);
    };
    const std::uint32_t runs = std::min(options_.shrink_runs_max, death_shrink_runs_max);
    answer.plan = shrink(answer.plan, candidate_.signature, try_plan, {.runs_max = runs}).plan;
  }
  const WorkerEnd last = run_deadly(&answer.plan, &recording);
  answer.is_reproduced = signature_of_end(last, end) == candidate_.signature;
  answer.is_certain = answer.is_certain || last.is_dismissed();
  answer.output = last.output;
  if (!answer.is_reproduced) answer.again = last.died() ? last.words : none;

  const std::vector<std::string> events = recording.recorded().happened;
  if (answer.is_reproduced) answer.finding = finding_of_death(scenario_, last);
  show_places(answer.finding, last);
  answer.finding.evidence.push_back(
      events.empty() ? std::string("before the first event of the run")
                     : fmt::format("in event {} of the run: {}", events.size(), events.back()));
  answer.history = deadly_history(events);
  return answer;
}

// The digest of the first run of a process; nothing if it has died.
std::optional<std::uint64_t> first_digest(const Scenario& scenario, const Plan& plan,
                                          const TriageOptions& options, bool has_other_heap) {
  std::optional<std::uint64_t> digest;
  run_in_worker(
      [&](WorkerPort& port) {
        CaseRunner runner(scenario, with_heartbeat(options.cases, port));
        const OtherHeap heap(has_other_heap, has_other_heap);
        const RunResult run = runner.run_plan(plan, false, true);
        const std::uint64_t found = digest_of_text(signature_of(run));
        port.send(to_bytes(mix(mix(run.digest, run.disk_digest), found)));
      },
      worker_options(options),
      [&](std::string_view record) { digest = from_bytes<std::uint64_t>(record); });
  return digest;
}

// Looks whether runs of this plan differ only because of those before them in their process.
void look_at_first_runs(const Scenario& scenario, const Plan& plan, const TriageOptions& options,
                        Finding& finding) {
  if (options.worker.in_this_process || !differs_for_no_known_cause(finding)) return;
  const std::optional<std::uint64_t> first = first_digest(scenario, plan, options, false);
  if (first && first == first_digest(scenario, plan, options, false) &&
      first == first_digest(scenario, plan, options, true)) {
    blame_earlier_run(finding);
  }
}

Finding not_reproduced(const Scenario& scenario, const std::string& signature,
                       const Answer& answer) {
  if (answer.finding.check == check_name::determinism) return answer.finding;
  const auto words = [](const std::string& seen) { return seen.empty() ? "no finding" : seen; };
  Finding finding;
  finding.check = check_name::determinism;
  finding.signature = fmt::format("{} {}: not reproduced", finding.check, scenario.name);
  finding.message = "a finding did not come again when its run was repeated";
  finding.expected = "a run depends on its plan and on nothing else";
  finding.evidence = {"at first: " + signature, "repeated: " + words(answer.first),
                      "from its trace: " + words(answer.again)};
  finding.help =
      "look for what a run depends on besides its plan: time, random numbers, addresses as order, "
      "uninitialised memory, state that outlives the scenario";
  return finding;
}

FindingReport report_of(const Scenario& scenario, const std::string& signature, Answer answer,
                        const TriageOptions& options) {
  FindingReport report;
  report.is_triaged = answer.is_triaged;
  report.tries = answer.is_triaged ? runs_of_smallest : 0;
  report.reproduced = answer.is_reproduced ? runs_of_smallest : 0;
  report.finding = answer.is_reproduced || answer.is_certain
                       ? std::move(answer.finding)
                       : not_reproduced(scenario, signature, answer);
  look_at_first_runs(scenario, answer.plan, options, report.finding);
  report.output = std::move(answer.output);
  report.distance_before = answer.distance_before;
  report.history = std::move(answer.history);
  if (!answer.original_history.empty() && answer.original != answer.plan) {
    report.original = OriginalRun{std::move(answer.original), std::move(answer.original_history)};
  }
  Trace& trace = report.trace;
  trace.scenario = scenario.name;
  trace.options = std::move(answer.options);
  trace.build = build_text();
  trace.plan = std::move(answer.plan);
  trace.finding = traced(report.finding);
  if (answer.is_reproduced && answer.digest != 0) trace.digest = answer.digest;
  return report;
}

}  // namespace

FindingReport triage(const Scenario& scenario, const std::string& signature, const Hit& hit,
                     const TriageOptions& options) {
  Candidate candidate;
  candidate.item = hit.first;
  candidate.signature = signature;
  candidate.is_determinism = hit.check == check_name::determinism;
  Triage triage(scenario, std::move(candidate), options);
  FindingReport report = report_of(
      scenario, signature,
      hit.end.died() ? triage.of_death(hit.end) : triage.of_finding(hit.finding), options);
  report.count = hit.count;
  if (report.trace.options.empty()) report.trace.options = options.cases.run.options;
  const CaseRunner names(scenario, options.cases);
  report.trace.seed = names.seed_of(hit.first);
  report.trace.strategy = names.strategy_name(hit.first);
  return report;
}

std::optional<FindingReport> examine_plan(const Scenario& scenario, const Plan& plan,
                                          const TriageOptions& options) {
  Candidate candidate;
  candidate.plan = plan;
  Finding seen;
  const WorkerEnd end = run_in_worker(
      [&](WorkerPort& port) {
        CaseRunner runner(scenario, with_heartbeat(options.cases, port));
        const RunResult result = runner.run_plan(plan);
        port.after_run();
        if (result.finding) port.send(to_bytes(*result.finding));
      },
      worker_options(options),
      [&](std::string_view record) { seen = from_bytes<Finding>(record); });
  if (end.is_dismissed()) return std::nullopt;
  candidate.signature = end.died() ? death_signature(scenario, end) : seen.signature;
  if (candidate.signature.empty()) return std::nullopt;
  const std::string signature = candidate.signature;
  Triage triage(scenario, std::move(candidate), options);
  FindingReport report = report_of(
      scenario, signature, end.died() ? triage.of_death(end) : triage.of_finding(seen), options);
  if (report.trace.options.empty()) report.trace.options = options.cases.run.options;
  return report;
}

}  // namespace reprise
