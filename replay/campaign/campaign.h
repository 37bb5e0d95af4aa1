// Campaign: one command over some scenarios. Each has its search and, for what that sights, an
// triage; findings are grouped by signature and their traces written.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/campaign/result.h>
#include <reprise/replay/campaign/search.h>
#include <reprise/sim/scenario.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

struct CampaignProgress {
  std::string scenario;
  std::size_t scenario_number = 0;  // from 1
  std::size_t scenario_count = 0;
  std::uint64_t runs = 0;  // of all scenarios so far
  std::uint64_t milliseconds = 0;
  std::uint64_t findings = 0;
  /// How much of everything is done, in thousandths.
  std::uint32_t thousandths = 0;
  /// What is going on, other than searching: "examining a finding"; else empty.
  std::string doing;
};

struct CampaignOptions {
  std::string command = "fuzz";  // for the report
  CaseOptions cases;
  CaseMix mix;
  std::uint32_t workers = 1;
  /// Somebody asked for mix.random_max runs: fewer are an incomplete campaign.
  bool is_random_max_asked = false;
  /// The time budget of the whole campaign, shared out among the scenarios.
  std::optional<std::uint64_t> milliseconds_max;
  /// The time budget of each scenario.
  std::optional<std::uint64_t> scenario_milliseconds_max;
  bool keep_going = false;
  WorkerOptions worker;
  std::uint32_t shrink_runs_max = 2000;
  std::string folder;        // for traces; empty: none are written
  bool full_traces = false;  // with all events
  std::function<bool()> stopped;
  std::function<void(const CampaignProgress& progress)> on_progress;
  /// As soon as it is known.
  std::function<void(const FindingReport& report)> on_finding;
};

struct Campaign {
  CampaignReport report;
  std::vector<FindingReport> findings;
  /// Some run was not the same when it was repeated.
  bool is_not_deterministic = false;
  bool is_stopped = false;
  /// Error message if the campaign could not run (harness or system failure), else empty.
  std::string failure;
};

Campaign run_campaign(const std::vector<const Scenario*>& scenarios,
                      const CampaignOptions& options);

}  // namespace reprise
