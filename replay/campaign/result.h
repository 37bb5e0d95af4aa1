// Results: the outcome of a campaign, for reports.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/campaign/coverage.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

/// The run that first showed a finding, before its plan was made smaller.
struct OriginalRun {
  Plan plan;
  std::vector<LoggedEvent> history;
};

/// One bug, with the smallest run that shows it.
struct FindingReport {
  Finding finding;
  Trace trace;
  std::string trace_path;  // empty if it was not written
  std::string unwritten;   // why it was not written, if it should have been
  /// The events of the run of trace.plan, even if the written trace is not a full one.
  std::vector<LoggedEvent> history;
  /// Set if it was asked for (TriageOptions::keeps_original) and is another run.
  std::optional<OriginalRun> original = {};
  /// How often the trace was run again, and how often that showed the same finding and digest.
  std::uint32_t tries = 0;
  std::uint32_t reproduced = 0;
  /// The distance of the plan that first showed the finding; 0: not shrunk.
  std::uint64_t distance_before = 0;
  /// The number of runs that showed it.
  std::uint64_t count = 1;
  /// The output of the run, if it was captured; long text is shortened in the middle.
  std::string output = {};
  /// False if the finding was seen once and there was no time to run it again; then no plan is
  /// known.
  bool is_triaged = true;
};

struct ScenarioRow {
  std::string name;
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;  // of these runs
  std::uint64_t events = 0;
  std::uint64_t milliseconds = 0;
  std::uint64_t power_losses = 0;
  /// Set if the time was over before the last random run: all random runs with a number below this
  /// were made (those of the campaign's shard, if it has one).
  std::optional<std::uint64_t> random_until = {};
  /// Why it could not be run, by no fault of its own; empty if it could.
  std::string error = {};
};

struct FindingRow {
  std::string scenario;
  std::string check;
  std::string signature;
  std::string message;
  std::string trace_path;  // empty: none was written
  std::optional<std::uint64_t> seed = {};
  std::uint64_t distance = 0;  // of the smallest plan that shows it
  std::uint64_t count = 1;     // runs that showed it
  Options options = {};        // of the scenario
  // The rest of the finding, for reports that show more than a line of it.
  std::vector<ShownLocation> places = {};
  std::vector<std::string> evidence = {};
  std::string expected = {};
  std::string help = {};
  std::vector<LoggedEvent> history = {};  // of the smallest run that shows it
};

/// A note: worth knowing, but no reason to fail.
struct NoteRow {
  std::string scenario;
  Finding note;
  std::uint64_t count = 1;  // runs that showed it
  /// The seed of the campaign and the options of the scenario, with which the run can be made
  /// again.
  std::optional<std::uint64_t> seed = {};
  Options options = {};
};

struct GoalRow {
  std::string scenario;
  std::string name;
  bool reached = false;
};

/// A whole campaign: one command over some scenarios.
struct CampaignReport {
  std::string command;  // "fuzz"
  std::optional<std::uint64_t> seed;
  std::optional<CaseShard> shard = {};  // if only this part of the cases was run
  std::vector<ScenarioRow> scenarios;
  std::vector<FindingRow> findings;
  std::vector<NoteRow> notes;
  std::vector<GoalRow> goals;
  std::vector<Coverage> certificates;     // of a sweep
  std::vector<SiteLocation> not_reached;  // await sites that no run of the sweep came to
  std::string stopped;                    // why it ended: "all 1000 seeds were run"
  /// What was left undone, one sentence each: a budget was hit, a shard is missing.
  std::vector<std::string> incomplete;
  std::vector<std::string> not_run = {};  // the scenarios that it did not come to
  /// Incidents of worker processes that are not findings, one sentence each.
  std::vector<std::string> remarks = {};
  std::uint64_t milliseconds = 0;
};

/// The number of runs of all scenarios.
std::uint64_t runs_of(const CampaignReport& report);
std::uint64_t failed_of(const CampaignReport& report);
/// The finding of a row, as its check reported it.
Finding finding_of(const FindingRow& row);

}  // namespace reprise
