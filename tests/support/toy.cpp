#include "tests/support/toy.h"

#include <algorithm>
#include <utility>

namespace reprise::tests {

namespace {

// A scenario's body is a plain function: this is how it finds the Toy that runs now.
const Toy::Body* running_body = nullptr;

void run_body(Sim& sim) { (*running_body)(sim); }

class RunningBody {
 public:
  explicit RunningBody(const Toy::Body& body) : before_(std::exchange(running_body, &body)) {}
  RunningBody(const RunningBody&) = delete;
  RunningBody& operator=(const RunningBody&) = delete;
  ~RunningBody() { running_body = before_; }

 private:
  const Toy::Body* before_;
};

}  // namespace

Plan sync_plan(std::vector<PlannedDecision> decisions, std::vector<std::string> order) {
  return {Base::sync, std::move(decisions), std::move(order)};
}
Plan lazy_plan(std::vector<PlannedDecision> decisions, std::vector<std::string> order) {
  return {Base::lazy, std::move(decisions), std::move(order)};
}

std::string found(const RunResult& result) {
  return result.finding.has_value() ? result.finding->check : "";
}

std::vector<std::string> events_of(const RunResult& result) {
  std::vector<std::string> events;
  for (const LoggedEvent& event : result.events) events.push_back(event.identity);
  return events;
}

bool says(const RunResult& result, std::string_view text) {
  return std::ranges::any_of(result.events, [&](const LoggedEvent& event) {
    return to_text(event.facts).find(text) != std::string::npos;
  });
}

Toy::Toy(Body body, std::string name)
    : body_(std::move(body)), scenario_{std::move(name), &run_body, "", false} {}

RunResult Toy::run_or_check(Strategy& strategy, RunOptions options, bool compare, bool twice) {
  const RunningBody running(body_);
  options.log_events = log_;
  return compare ? runner_.run_checked(scenario_, strategy, options, twice)
                 : runner_.run(scenario_, strategy, options);
}

RunResult Toy::follow(const Plan& plan, RunOptions options, bool compare, bool twice) {
  const std::unique_ptr<PlanStrategy> strategy = make_plan_strategy(plan);
  RunResult result = run_or_check(*strategy, std::move(options), compare, twice);
  missed_ = {strategy->decisions_not_reached(), strategy->decisions_out_of_range(),
             strategy->order_not_reached()};
  return result;
}

RunResult Toy::run(Strategy& strategy, RunOptions options) {
  return run_or_check(strategy, std::move(options), false, false);
}
RunResult Toy::run(const Plan& plan, RunOptions options) {
  return follow(plan, std::move(options), false, false);
}
RunResult Toy::check(Strategy& strategy, RunOptions options) {
  return run_or_check(strategy, std::move(options), true, false);
}
RunResult Toy::check(const Plan& plan, RunOptions options) {
  return follow(plan, std::move(options), true, false);
}
RunResult Toy::check_twice(const Plan& plan) { return follow(plan, {}, true, true); }

Plan Toy::record(Strategy& strategy, RecordingOptions options, RunOptions run_options) {
  const std::unique_ptr<Strategy> recorder = make_recording_strategy(strategy, recording_, options);
  recorded_ = run(*recorder, std::move(run_options));
  return recording_.plan(runner_.names());
}

std::unique_ptr<RandomStrategy> random_of(std::uint64_t seed, std::string_view profile,
                                          RandomOptions options) {
  std::unique_ptr<RandomStrategy> strategy =
      make_random_strategy(built_in_profile(profile).value(), options);
  strategy->reseed(seed);
  return strategy;
}

}  // namespace reprise::tests
