// RunState: what is known of the run under way, apart from its tasks and devices. A run begins by
// assigning it anew.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/faults.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/run.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <string_view>

namespace reprise::internal {

struct Task;

struct RunState {
  // Read at every event and I/O.
  Strategy* strategy = nullptr;
  Task* current = nullptr;   // the task that has its turn
  DecisionKinds active = 0;  // the kinds of decisions that can be other than calm
  Base base = Base::sync;
  bool is_observed = false;    // by checks
  bool is_logged = false;      // somebody reads the report: words and places cost time
  bool is_attended = false;    // observed, logged, or with a heartbeat or a stop: not a bare run
  bool time_is_asked = false;  // by the entry under way
  Instant now;
  std::uint64_t digest = 0x243f6a8885a308d3u;
  Event happening;                  // none() between events
  std::uint64_t enabled = 0;        // events in the strategy's pool
  std::uint32_t ios_in_flight = 0;  // those that will be delivered
  std::uint32_t timers_armed = 0;
  RunStats stats;
  std::uint64_t work_done = 0;  // see Operation::Work
  std::uint64_t completions_finished = 0;
  std::uint64_t deliveries = 1;  // and effects and timers
  std::uint64_t operations_ended = 0;
  std::uint32_t operations_under_way = 0;
  std::uint64_t answers_in_entry = 0;  // IO answers
  std::uint64_t ios_in_entry = 0;      // I/Os submitted

  const RunOptions* options = nullptr;
  std::string_view scenario;  // its name
  Faults faults;              // that the scenario survives
  std::uint32_t entries_per_operation_max = 0;
  std::uint64_t events_max = 0;
  std::uint64_t workload_digest = 0;
  std::uint32_t next_serial = 0;      // in a serial run: tasks that were started
  std::uint32_t yields_in_a_row = 0;  // turns after explicit yields
  bool is_serial = false;
  bool driver_sees_errors = false;
  bool compares_results = true;
  bool claims_changed = false;  // since the checks were selected
  bool has_run = false;         // the body has called Sim::run()
  bool came_to_an_end = false;
  bool leaves_entry = false;    // the entry under way would not end by itself
  bool overlapped = false;      // an operation was started while others waited
  bool is_recovering = false;   // a node, from a power loss until the scenario has recovered
  bool uses_network = false;    // bytes come in parts: operations may end differently
  bool timer_overtook = false;  // a timer fired before what could happen: a timeout came first

  /// Adds `value` to the digest of the run.
  void fold(std::uint64_t value) { digest = mix(digest, value); }
};

}  // namespace reprise::internal
