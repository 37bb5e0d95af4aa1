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

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A trace, and the scenario that it is of.
struct LoadedTrace {
  Trace trace;
  const Scenario* scenario = nullptr;
};
/// Reads a trace whose scenario and check there are. `hint` ends the sentence about a scenario that
/// is not there.
Expected<LoadedTrace> load_trace(const std::string& path, std::string_view hint = {});

struct ReplayOptions {
  CheckSet checks;
  WorkerOptions worker;
};

struct Replayed {
  /// For a run that ended its process, this is a finding of the check `crash`.
  std::optional<Finding> finding;
  std::vector<Finding> notes;
  bool died = false;          // then nothing of what follows is known
  bool is_dismissed = false;  // it was interrupted, which says nothing about the trace
  std::uint64_t digest = 0;
  std::uint64_t event_count = 0;
  std::vector<LoggedEvent> events;
  /// Identities that the run never came to.
  std::vector<std::string> decisions_not_reached;
  std::vector<std::string> order_not_reached;
  /// Options of the trace that the scenario did not ask for, and those that it did ask for.
  std::vector<std::string> options_not_asked;
  std::vector<std::string> options_asked;
  /// A sentence each: decisions whose value the run has no meaning for.
  std::vector<std::string> decisions_out_of_range;
};

/// What the trace's finding is about counts as an error, as it did when the trace was made.
Replayed replay_trace(const Scenario& scenario, const Trace& trace, const ReplayOptions& options);

/// In this process, which stops with SIGTRAP before event `break_at`: for a debugger.
Replayed replay_trace_here(const Scenario& scenario, const Trace& trace, const CheckSet& checks,
                           std::uint64_t break_at);

/// Whether a debugger holds this process.
bool is_traced();

enum class ReplayAnswer : std::uint8_t {
  same,        // the trace's finding came again
  other,       // another finding
  unexpected,  // a finding, and the trace has none
  none,        // no finding
};
ReplayAnswer compare_findings(const Trace& trace, const Replayed& replayed);

/// Every way in which the run is not the trace's, a sentence each; for a strict replay.
std::vector<std::string> differences(const Trace& trace, const Replayed& replayed);

}  // namespace reprise
