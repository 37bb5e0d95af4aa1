// Logged runs: the report of a scenario's run of a plan, with its events, for tests of timelines.
#pragma once

#include <reprise/replay/campaign/result.h>
#include <reprise/replay/trace/replay.h>

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/support/trouble.h"

namespace reprise::tests {

inline FindingReport logged_run(const std::string& name, ScenarioBody body, Plan plan) {
  const Registered scenario(name, body);
  FindingReport report;
  report.trace.scenario = name;
  report.trace.plan = std::move(plan);
  ReplayOptions options;
  options.worker.silent = true;
  options.worker.drops_handlers = true;
  Replayed replayed = replay_trace(scenario.scenario(), report.trace, options);
  REQUIRE(replayed.finding);
  report.finding = *replayed.finding;
  report.history = std::move(replayed.events);
  return report;
}

}  // namespace reprise::tests
