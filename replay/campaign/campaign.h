// Campaign: one command over some scenarios. Each scenario gets a search, and each hit of the
// search a triage; findings are grouped by signature and their traces are written.
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
  /// The progress of the whole campaign, in thousandths.
  std::uint32_t thousandths = 0;
  /// The activity, such as "examining a finding"; empty while searching.
  std::string doing;
};

/// How much a campaign does at random, as its user asks for it.
struct Budget {
  std::optional<std::uint64_t> seeds = {};         // random runs of each scenario
  std::optional<std::uint64_t> milliseconds = {};  // of the whole campaign
};

struct CampaignOptions {
  std::string command = "fuzz";  // for the report
  /// The search of each scenario. The campaign sets its times and its on_progress.
  SearchOptions search;
  /// Whether the user asked for search.mix.random_max runs: with fewer the campaign is incomplete.
  bool is_random_max_asked = false;
  /// The part of the cases to run; nothing: all of them. The campaign sets that of the search.
  std::optional<CaseShard> shard = {};
  /// The time budget of the whole campaign, shared out among the scenarios.
  std::optional<std::uint64_t> milliseconds_max;
  /// The time budget of each scenario.
  std::optional<std::uint64_t> scenario_milliseconds_max;
  std::uint32_t shrink_runs_max = 2000;
  std::string folder;            // for traces; empty: none are written
  bool full_traces = false;      // with all events
  bool keeps_originals = false;  // FindingReport::original
  std::function<void(const CampaignProgress& progress)> on_progress;
  /// Called for each finding as soon as it is known.
  std::function<void(const FindingReport& report)> on_finding;
};

/// Sets how many random runs `campaign` makes, `seeds_default` of each scenario if the budget has
/// no limit at all, and how long. Without a limit of time the sweeps are bounded by the random
/// runs.
void set_budget(CampaignOptions& campaign, const Budget& budget, std::uint64_t seeds_default);

struct Campaign {
  CampaignReport report;
  std::vector<FindingReport> findings;
  /// Whether some run was not the same when it was repeated.
  bool is_not_deterministic = false;
  bool is_stopped = false;
  /// Error message if the campaign could not run (harness or system failure), else empty.
  std::string failure;
};

Campaign run_campaign(const std::vector<const Scenario*>& scenarios,
                      const CampaignOptions& options);

}  // namespace reprise
