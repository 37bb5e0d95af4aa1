// Replaying: runs a trace's plan again, without any random generator, in a process of its own, and
// says how the run compares with what the trace recorded.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/text/expected.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A trace and its scenario.
struct LoadedTrace {
  Trace trace;
  const Scenario* scenario = nullptr;
};
/// Reads a trace, whose scenario and check must exist. `hint` is appended to the sentence about a
/// scenario that does not.
Expected<LoadedTrace> load_trace(const std::string& path, std::string_view hint = {});

struct ReplayOptions {
  CheckSet checks;
  WorkerOptions worker;
};

struct Replayed {
  /// For a run that ended its process, this is a finding of the check `crash`.
  std::optional<Finding> finding;
  std::vector<Finding> notes;
  bool died = false;          // then the members below are not known
  bool is_dismissed = false;  // it was interrupted, and says nothing about the trace
  std::uint64_t digest = 0;
  std::uint64_t event_count = 0;
  std::vector<LoggedEvent> events;
  /// The identities that the run never reached.
  std::vector<std::string> decisions_not_reached;
  std::vector<std::string> order_not_reached;
  /// The trace's options that the scenario did not ask for, and those that it did.
  std::vector<std::string> options_not_asked;
  std::vector<std::string> options_asked;
  /// The decisions whose value has no meaning in the run, one sentence each.
  std::vector<std::string> decisions_out_of_range;
};

/// Replays a trace. Its finding's check counts as an error, as it did when the trace was made.
Replayed replay_trace(const Scenario& scenario, const Trace& trace, const ReplayOptions& options);

/// Replays a trace in this process, for a debugger: stops with SIGTRAP before the event `break_at`.
Replayed replay_trace_here(const Scenario& scenario, const Trace& trace, const CheckSet& checks,
                           std::uint64_t break_at);

/// Whether a debugger holds this process.
bool is_traced();

enum class ReplayAnswer : std::uint8_t {
  same,        // the trace's finding came again
  other,       // another finding
  unexpected,  // a finding, although the trace has none
  none,        // no finding
};
/// Whether both are the same bug. The recorded one may be named after a group of checks.
bool is_same_finding(const TracedFinding& recorded, const Finding& now);
ReplayAnswer compare_findings(const Trace& trace, const Replayed& replayed);

/// The index of the first event in which two runs differ, by its identity or by the digest of all
/// that happened so far; the length of the shorter run if that is its beginning. Nothing if the
/// runs are the same.
std::optional<std::size_t> first_different_event(const std::vector<LoggedEvent>& one,
                                                 const std::vector<LoggedEvent>& other);

/// All differences between the run and the trace, one sentence each; for a strict replay.
std::vector<std::string> differences(const Trace& trace, const Replayed& replayed);

}  // namespace reprise
