// Toy: a scenario whose body may capture, and a Runner of its own to run it with.
//
//   Toy toy([](Sim& sim) { sim.task("t", [&] { sim.yield(); }); sim.run(); });
//   CHECK(toy.run(lazy_plan({{"t/read(f)#1/error", 1}})).finding);
#pragma once

#include <doctest/doctest.h>  // first: its SCENARIO would be defined twice

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

Plan sync_plan(std::vector<PlannedDecision> decisions = {}, std::vector<std::string> order = {});
Plan lazy_plan(std::vector<PlannedDecision> decisions = {}, std::vector<std::string> order = {});

/// The check that found something, or "".
std::string found(const RunResult& result);
/// The identities of the events of a run that was logged.
std::vector<std::string> events_of(const RunResult& result);
/// Whether one of the run's logged events says `text`.
bool says(const RunResult& result, std::string_view text);

class Toy {
 public:
  using Body = std::function<void(Sim&)>;
  /// What a plan said and the run did not meet.
  struct Missed {
    std::vector<std::size_t> decisions, out_of_range, order;
    bool none() const { return decisions.empty() && out_of_range.empty() && order.empty(); }
  };

  explicit Toy(Body body, std::string name = "toy");

  /// One run, logged.
  RunResult run(Strategy& strategy, RunOptions options = {});
  RunResult run(const Plan& plan, RunOptions options = {});
  /// Runs are logged unless this says otherwise.
  void log(bool on) { log_ = on; }
  /// The same, with the checks that compare runs.
  RunResult check(Strategy& strategy, RunOptions options = {});
  RunResult check(const Plan& plan, RunOptions options = {});
  /// With the determinism check too.
  RunResult check_twice(const Plan& plan);

  /// The full recording of a run: every decision that is not calm, every event.
  Plan record(Strategy& strategy, RecordingOptions options = {}, RunOptions run_options = {});
  /// Of the last record().
  const Recording& recording() const { return recording_; }
  const RunResult& recorded() const { return recorded_; }
  /// Of the last plan.
  const Missed& missed() const { return missed_; }

  Runner& runner() { return runner_; }
  const Scenario& scenario() const { return scenario_; }

 private:
  RunResult run_or_check(Strategy& strategy, RunOptions options, bool compare, bool twice);
  RunResult follow(const Plan& plan, RunOptions options, bool compare, bool twice);

  Body body_;
  Scenario scenario_;
  Runner runner_;
  Recording recording_;
  RunResult recorded_;
  Missed missed_;
  bool log_ = true;
};

/// A random strategy with this seed.
std::unique_ptr<RandomStrategy> random_of(std::uint64_t seed, std::string_view profile = "default",
                                          RandomOptions options = {});

}  // namespace reprise::tests
