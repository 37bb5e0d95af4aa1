// Runner: makes run after run in one world, which is reset in place. A run is a pure function of
// (scenario, options, plan). The two checks that compare runs (schedule-equivalence, determinism)
// are part of the Runner too.
#pragma once

#include <reprise/sim/run.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/strategy.h>

#include <memory>
#include <string>
#include <vector>

namespace reprise {

/// The names of all checks, sorted.
const std::vector<std::string>& check_names();

class Runner {
 public:
  Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Makes one run, with all checks that look at a single run. Never throws: an exception of the
  /// scenario is a finding of the check `crash`.
  RunResult run(const internal::Scenario& scenario, Strategy& strategy, const RunOptions& options);

  /// Like run(), followed by the checks that compare runs: schedule-equivalence where it applies
  /// and, if `twice`, determinism, whose second run has another address layout and heap fill.
  RunResult run_checked(const internal::Scenario& scenario, Strategy& strategy,
                        const RunOptions& options, bool twice = false);

  /// The names that the last run used.
  const Names& names() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise
