// RunOptions and RunResult: what a run is asked, and what comes out of it.
#pragma once

#include <reprise/sim/file_contents.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/footprint.h>
#include <reprise/sim/logged_event.h>
#include <reprise/sim/stack_layout.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class ReachedSites;
class RecoveryBranches;

/// A scenario's options as the user set them; options that are not listed have the scenario's
/// defaults.
using Options = std::map<std::string, std::int64_t, std::less<>>;

/// Which checks are on, and how strict they are.
struct CheckSet {
  std::set<std::string, std::less<>> off;     // names of checks that are turned off
  std::set<std::string, std::less<>> errors;  // checks whose notes count as errors

  /// Patterns of variables and functions whose stores do not count for the store watch.
  std::vector<std::string> benign;

  bool on(std::string_view check) const { return !off.contains(check); }
};
struct RunOptions {
  Options options;
  CheckSet checks;
  bool log_events = false;  // fills RunResult::events
  bool footprints = false;  // fills RunResult::footprints, of code with the store watch
  bool observed = true;     // false: no Observer, no checks, no yields (for measuring)
  std::uint64_t events_max = 1'000'000;                 // more than this is a `progress` finding
  std::uint32_t entries_per_operation_max = 10'000;     // likewise; a scenario may change it
  std::uint64_t entries_without_delivery_max = 10'000;  // likewise
  std::uint32_t repeated_rounds_max = 256;  // rounds without a new state, where state is registered
  std::uint32_t starved_entries_max =
      1'000;                        // of one operation, while as many operations of others end
  std::uint32_t spins_max = 1'000;  // explicit yields in a row, with I/O delivered between
  std::uint64_t answers_per_entry_max = 100'000;  // IO answers that it did not hand on
  std::uint64_t ios_per_entry_max = 100'000;
  std::uint32_t failures_in_a_row_max = 10'000;  // failed operations of one task
  /// Records which await sites the run reaches; may be null.
  ReachedSites* sites = nullptr;
  /// Lets the first power loss be recovered from many times; may be null.
  RecoveryBranches* branches = nullptr;
  /// Called every 16 events, for a supervisor that watches for hangs; may be null.
  void (*heartbeat)(void* context) = nullptr;
  void* heartbeat_context = nullptr;
  /// While this is true, the heartbeat is called before every event; may be null.
  const volatile bool* heartbeat_always = nullptr;
  /// Debugger stop (SIGTRAP) before the event of this number, counted from 1; 0: none.
  std::uint64_t break_at = 0;
  /// For the check determinism: no run may depend on it.
  internal::StackLayout stacks;
};

/// A part of the outcome that equivalent schedules must agree on.
struct OutcomePart {
  std::string what;  // "the results of `client`"
  std::uint64_t digest = 0;
  std::string value = {};  // in words, if it has any

  friend bool operator==(const OutcomePart& a, const OutcomePart& b) {
    return a.digest == b.digest && a.what == b.what;
  }
};

/// The outcome of one operation.
struct OperationOutcome {
  std::string task;
  std::uint32_t number = 0;  // of the task's operations, from 1
  std::string answer;        // "Done 3"; just "Done" if the value has no words
  std::uint64_t digest = 0;
  std::vector<ShownLocation> yields;  // without repetitions
};

struct RunStats {
  std::uint64_t events = 0;
  std::uint64_t ios = 0;
  std::uint64_t entries = 0;
  std::uint64_t decisions = 0;  // that were not calm
  std::uint64_t faults = 0;     // of these, how many were faults
  std::uint64_t power_losses = 0;
  std::uint64_t kills = 0;  // of processes
};

struct RunResult {
  std::optional<Finding> finding;
  std::vector<Finding> notes;  // each signature once, up to the finding
  std::uint64_t digest = 0;    // of the event log
  RunStats stats;
  std::vector<LoggedEvent> events;
  std::vector<Footprint> footprints;  // of the entries, in their order
  std::uint64_t disk_digest = 0;      // in a logged run: of the disk at the end
  /// Goals (sometimes, reached) by name, and whether this run reached them.
  std::map<std::string, bool, std::less<>> goals;
  /// The options the scenario asked for, with the values it got.
  Options options_asked;

  // For schedule-equivalence.
  bool comparable = false;           // one operation at a time and no fault was taken
  std::vector<OutcomePart> outcome;  // results, observed state, disk
  // In words; filled in a logged run.
  std::vector<OperationOutcome> operations;
  std::vector<FileContents> disk_contents;
  std::uint64_t workload_digest = 0;  // of the workload choices that were not 0
};

}  // namespace reprise
