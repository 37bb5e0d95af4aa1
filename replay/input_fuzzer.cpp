#include <reprise/replay/input_fuzzer.h>

#include <reprise/replay/campaign/parameters.h>
#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/file.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/bytes.h>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace reprise {

namespace {

using internal::Scenario;

[[noreturn]] void refuse(const std::string& sentence) {
  fmt::print(stderr, "error: {}\n", sentence);
  std::exit(EXIT_FAILURE);
}

const Scenario& scenario_named(std::string_view name) {
  const Scenario* const scenario = internal::find_scenario(name);
  if (scenario != nullptr) return *scenario;
  std::vector<std::string> known;
  for (const Scenario& other : internal::scenarios()) known.push_back(other.name);
  refuse(
      fmt::format("there is no scenario {}{}", in_quotes(name), did_you_mean_phrase(name, known)));
}

Profile profile_named(const std::string& name) {
  std::optional<Profile> profile = built_in_profile(name);
  if (!profile) {
    refuse(fmt::format("there is no profile {}: it is calm, default or chaos", in_quotes(name)));
  }
  return *std::move(profile);
}

TriageOptions triage_options(const InputFuzzerOptions& options) {
  TriageOptions triage;
  std::vector<std::string> known = check_names();
  known.insert(known.end(), check_group_names().begin(), check_group_names().end());
  if (const std::string wrong = unknown_name("check", options.checks_off, known); !wrong.empty()) {
    refuse(wrong);
  }
  for (const std::string& name : options.checks_off) {
    for (std::string& check : checks_named(name)) {
      triage.cases.run.checks.off.insert(std::move(check));
    }
  }
  triage.cases.run.options = options.options;
  triage.worker.silent = true;
  triage.worker.drops_handlers = true;  // those of the fuzzer, which are not for the triage
  return triage;
}

}  // namespace

struct InputFuzzer::Impl {
  Impl(std::string_view name, const InputFuzzerOptions& given)
      : options(given),
        scenario(scenario_named(name)),
        strategy(make_bytes_strategy(profile_named(given.profile))),
        recorder(make_recording_strategy(*strategy, recording)),
        triage(triage_options(given)) {
    const std::string wrong = wrong_parameter({&scenario}, given.options, triage.worker);
    if (!wrong.empty()) refuse(wrong);
  }

  /// What triage makes of the last run's plan, in text.
  std::string report(const Finding& seen) const {
    std::optional<FindingReport> report =
        examine_plan(scenario, recording.plan(runner.names()), triage);
    if (!report) {
      return fmt::format(
          "error[{}]: {}\n  it did not come again when its plan was run: the run "
          "depends on something else, too (reprise explain determinism)\n",
          seen.check, seen.message);
    }
    if (!options.folder.empty() && report->is_triaged) {
      Expected<std::string> path = write_trace(options.folder, report->trace);
      if (path.ok()) {
        report->trace_path = std::move(path).value();
      } else {
        report->unwritten = path.error();
      }
    }
    return to_text(*report, {.program = options.program});
  }

  InputFuzzerOptions options;
  const Scenario& scenario;
  std::unique_ptr<BytesStrategy> strategy;
  Recording recording;
  std::unique_ptr<Strategy> recorder;
  TriageOptions triage;
  Runner runner;
};

InputFuzzer::InputFuzzer(std::string_view scenario, const InputFuzzerOptions& options)
    : impl_(std::make_unique<Impl>(scenario, options)) {}

InputFuzzer::~InputFuzzer() = default;

int InputFuzzer::run(std::span<const std::uint8_t> bytes) {
  impl_->strategy->read(bytes);
  const RunResult result =
      impl_->runner.run_checked(impl_->scenario, *impl_->recorder, impl_->triage.cases.run);
  if (!result.finding) return 0;
  std::fputs(impl_->report(*result.finding).c_str(), stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace reprise
