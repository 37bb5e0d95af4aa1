// Triage: makes a report of a case that showed a finding. The case is run again with a recording,
// the recording is replayed as a plan, the plan is shrunk, and the shrunk plan is run twice more. A
// finding that came again each time is reported as it is; any other is reported as `determinism`.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/campaign/result.h>
#include <reprise/replay/campaign/search.h>
#include <reprise/replay/worker/worker.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace reprise {

struct TriageOptions {
  CaseOptions cases;
  WorkerOptions worker;
  std::uint32_t shrink_runs_max = 2000;
  bool keeps_original = false;  // FindingReport::original
  std::uint64_t shrink_milliseconds_max = 20'000;
  /// The triage ends at this time of worker_clock_ms(), or when `stopped` (which may be empty) says
  /// so, and reports what is known by then.
  std::uint64_t deadline_ms = UINT64_MAX;
  std::function<bool()> stopped;
};

/// Runs in worker processes, because the code under test may die. The trace is not written, and has
/// no events.
FindingReport triage(const Scenario& scenario, const std::string& signature, const Hit& hit,
                     const TriageOptions& options);

/// The same from a plan, for `reprise shrink`. An empty `signature` means the plan's first finding.
/// Nothing if the plan shows no such finding.
std::optional<FindingReport> examine_plan(const Scenario& scenario, const Plan& plan,
                                          const TriageOptions& options);

}  // namespace reprise
