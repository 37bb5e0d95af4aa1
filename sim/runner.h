// Runner: executes runs of one scenario after another in one world, which is reset in place. A run
// is a pure function of (scenario, options, plan); the two checks that compare runs
// (schedule-equivalence, determinism) live behind it too.
#pragma once

#include <reprise/sim/device/disk.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/await_sites.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/store_watch/footprint.h>
#include <reprise/sim/store_watch/stack_layout.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A scenario's options as set by the user; others have the scenario's defaults.
using Options = std::map<std::string, std::int64_t, std::less<>>;

/// What is looked for.
struct CheckSet {
  std::set<std::string, std::less<>> off;     // names of checks that are turned off
  std::set<std::string, std::less<>> errors;  // checks whose notes count as errors

  /// Patterns of variables and functions whose stores, seen by the store watch, do not count.
  std::vector<std::string> benign;

  bool on(std::string_view check) const { return !off.contains(check); }
};
/// The names of all checks, sorted.
const std::vector<std::string>& check_names();

/// One line of a full trace.
struct LoggedEvent {
  std::string identity;
  /// Who did what, as in "client: submits read(db)#1; client: yields", in the order of time.
  std::string what;
  std::uint64_t time_ns = 0;
  std::uint64_t digest = 0;  // of the run up to and with this event
  /// For a turn, where the task has yielded last. In this process only; may be null.
  const internal::AwaitSite* site = nullptr;
};

struct RunOptions {
  Options options;
  CheckSet checks;
  bool log_events = false;  // fills RunResult::events
  bool footprints = false;  // fills RunResult::footprints, of code with the store watch
  bool observed = true;     // false: no Observer, no checks, no yields (for measuring)
  std::uint64_t events_max = 1'000'000;                 // more than this is a `progress` finding
  std::uint32_t entries_per_operation_max = 10'000;     // likewise, unless the scenario raises it
  std::uint64_t entries_without_delivery_max = 10'000;  // likewise
  std::uint32_t repeated_rounds_max = 256;  // rounds without a new state, where state is registered
  std::uint32_t starved_entries_max = 1'000;  // of one operation, with as many of others ended
  std::uint32_t spins_max = 1'000;  // explicit yields in a row, with I/O delivered between
  std::uint64_t answers_per_entry_max = 100'000;  // IO, that the entry did not hand on
  std::uint64_t ios_per_entry_max = 100'000;
  std::uint32_t failures_in_a_row_max = 10'000;  // operations of one task
  /// Takes down which await sites the run comes to; may be null.
  ReachedSites* sites = nullptr;
  /// Called every so often (16 events), for a supervisor that watches for hangs; may be null.
  void (*heartbeat)(void* context) = nullptr;
  void* heartbeat_context = nullptr;
  /// While this is true the heartbeat comes before every event; may be null.
  const volatile bool* heartbeat_always = nullptr;
  /// Debugger stop (SIGTRAP) before the event of this number, counted from 1; 0: none.
  std::uint64_t break_at = 0;
  /// What no run may depend on; for determinism.
  internal::StackLayout stacks;
};

/// One of the things that equivalent schedules must agree on.
struct OutcomePart {
  std::string what;  // "the results of `client`"
  std::uint64_t digest = 0;
  std::string value = {};  // in words, where there are any

  friend bool operator==(const OutcomePart& a, const OutcomePart& b) {
    return a.digest == b.digest && a.what == b.what;
  }
};

/// What one operation came to.
struct OperationOutcome {
  std::string task;
  std::uint32_t number = 0;  // of the task's operations, from 1
  std::string answer;        // "Done 3"; without a value that has no words
  std::uint64_t digest = 0;
  std::vector<ShownPlace> yields;  // each place once
};

struct RunStats {
  std::uint64_t events = 0;
  std::uint64_t ios = 0;
  std::uint64_t entries = 0;
  std::uint64_t decisions = 0;  // that were not calm
  std::uint64_t faults = 0;     // of these, how many were faults
};

struct RunResult {
  std::optional<Finding> finding;
  std::vector<Finding> notes;  // each signature once, up to the finding
  std::uint64_t digest = 0;    // of the event log
  RunStats stats;
  std::vector<LoggedEvent> events;
  std::vector<Footprint> footprints;  // of the entries, in their order
  std::uint64_t disk_digest = 0;      // of a logged run: what is on the disk at the end
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
  std::uint64_t workload_digest = 0;  // the workload choices that were not 0
};

class Runner {
 public:
  Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// One run, all checks that look at one run. Never throws: an exception of the scenario is a
  /// finding of the check `crash`.
  RunResult run(const internal::Scenario& scenario, Strategy& strategy, const RunOptions& options);

  /// As run(), then the checks that compare runs: schedule-equivalence where it applies, and, if
  /// `twice`, determinism, whose second run has another address layout and heap fill.
  RunResult run_checked(const internal::Scenario& scenario, Strategy& strategy,
                        const RunOptions& options, bool twice = false);

  /// The names of the last run.
  const Names& names() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise
