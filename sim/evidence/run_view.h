// RunView: what a check may ask and do in the run under way: its tasks and their names, which I/O a
// completion is, what the entry has stored, what the scenario has declared; and to report.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/node.h>
#include <reprise/sim/evidence/declared.h>
#include <reprise/sim/evidence/findings.h>
#include <reprise/sim/evidence/power_losses.h>
#include <reprise/sim/evidence/submit_places.h>
#include <reprise/sim/operation/run_state.h>
#include <reprise/sim/operation/tasks.h>
#include <reprise/sim/plan/names.h>
#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

class Check;
class ResourceHolders;

namespace internal {

/// What only the checks of a run's end may do.
class AtTheEnd {
 public:
  virtual ~AtTheEnd() = default;
  /// When nothing can happen any more: enters the parked operation of `task` once more, for `check`
  /// alone to watch. The entry has no influence on the run's result.
  virtual void enter_once_more(Task& task, Check& check) = 0;
  /// The used parts of the stacks that have frames of the code under test. On the run's own stack
  /// this begins at the scenario's frame, since words that the world left below it are not
  /// pointers.
  virtual std::vector<MemoryBlock> stacks_in_use() const = 0;
};

class RunView {
 public:
  struct Parts {
    RunState& state;
    Findings& findings;
    Names& names;
    Tasks& tasks;
    DeviceHost& devices;
    MemoryWatch& memory;
    DebugInfo& debug_info;
    Declared& declared;
    SubmitPlaces& submit_places;
    const ResourceHolders& holders;
    const PowerLosses& power_losses;
    const Nodes& nodes;
    AtTheEnd& at_the_end;
  };
  explicit RunView(const Parts& parts) : parts_(parts) {}
  RunView(const RunView&) = delete;
  RunView& operator=(const RunView&) = delete;

  // The run.

  const RunOptions& options() const { return *parts_.state.options; }
  /// Whether somebody reads the run's report: words and places cost time.
  bool logging() const { return options().log_events; }
  const RunStats& stats() const { return parts_.state.stats; }
  const Faults& faults() const { return parts_.state.faults; }
  Base base() const { return parts_.state.base; }
  std::uint64_t events_max() const { return parts_.state.events_max; }
  std::uint32_t entries_per_operation_max() const { return parts_.state.entries_per_operation_max; }
  std::uint64_t completions_finished() const { return parts_.state.completions_finished; }
  std::uint64_t operations_ended() const { return parts_.state.operations_ended; }
  /// Turns after explicit yields in a row, the one under way included.
  std::uint32_t yields_in_a_row() const { return parts_.state.yields_in_a_row; }
  /// Operations that are under way, or cleaned up after.
  std::uint32_t operations_under_way() const { return parts_.state.operations_under_way; }
  /// Whether the code under test has asked for the time in the entry under way.
  bool has_asked_time() const { return parts_.state.time_is_asked; }
  /// Whether a power loss has left the scenario's objects without meaning until it has recovered.
  bool is_recovering() const { return parts_.state.is_recovering; }
  /// Whether the run ended because nothing could happen any more.
  bool came_to_an_end() const { return parts_.state.came_to_an_end; }
  Declared& declared() const { return parts_.declared; }
  const PowerLosses& power_losses() const { return parts_.power_losses; }
  /// "" for the first.
  std::string_view name_of_node(NodeId node) const { return parts_.nodes[node]->name; }
  Node& node(NodeId node) const { return *parts_.nodes[node]; }
  std::size_t node_count() const { return parts_.nodes.size(); }
  Names& names() const { return parts_.names; }
  AtTheEnd& at_the_end() const { return parts_.at_the_end; }

  // Tasks.

  Task& task(TaskId id) const { return parts_.tasks[id]; }
  std::uint32_t task_count() const { return parts_.tasks.count(); }
  /// The task that has its turn, or null.
  Task* current() const { return parts_.state.current; }
  /// The same; outside of a turn a REPRISE_ASSERT fails.
  Task& current_task() const {
    REPRISE_ASSERT(current() != nullptr, "only a task's own code can do this");
    return *current();
  }
  /// The name of the task that has its turn; or whose I/O is being delivered, as in a callback; or
  /// "main", before the run.
  NameId context_name() const { return reprise::context_name(parts_.state, names()); }
  std::string_view name_of(TaskId id) const { return names().text(task(id).name); }

  /// The holders of what the scenario registered with Sim::held(), in a logged run.
  const ResourceHolders& holders() const { return parts_.holders; }

  // I/Os.

  /// The I/O behind a completion that is in flight; name 0 if it is not one.
  Identity io_of(const Completion& completion) const {
    return parts_.devices.identity_of(completion);
  }
  /// Whether that I/O waits for nothing but the time.
  bool is_timer(const Completion& completion) const { return parts_.devices.is_timer(completion); }
  /// Whether it is an I/O in flight that waits for more.
  bool has_outcome(const Completion& completion) const {
    return parts_.devices.has_outcome(completion);
  }
  /// Whether the task waits for somebody who need not come, such as a server for the next client.
  Rest rest_of(TaskId id) const;
  /// Whether both wait for the same. A group may have been built anew of the same I/Os, and who
  /// waits until a stream is ready may have asked for it again.
  bool is_same_wait(const Completion& a, const Completion& b) const;
  /// Where nothing can happen any more: why the task should wait for something else; or empty.
  std::string_view mistake_in_wait(TaskId id) const;
  /// The I/O in flight with this number, which InFlight and OwnedMemory have; and what it has.
  Identity io_at(std::uint32_t world_slot) const { return parts_.devices.identity_at(world_slot); }
  const Completion& completion_at(std::uint32_t world_slot) const {
    return parts_.devices.device_of(world_slot).completion_at(Device::slot_in(world_slot));
  }
  std::span<const Buffer> buffers_at(std::uint32_t world_slot) const {
    return parts_.devices.device_of(world_slot).buffers_at(Device::slot_in(world_slot));
  }
  /// The node of the device that has it.
  NodeId node_at(std::uint32_t world_slot) const {
    return parts_.devices.device_of(world_slot).node();
  }
  /// Whether anything but armed timers is in flight.
  bool has_io_in_flight() const { return parts_.state.ios_in_flight != 0; }
  bool has_timers() const { return parts_.state.timers_armed != 0; }
  /// The serial numbers of the completions that are still held, and how many they are.
  std::uint64_t live_completions() const { return parts_.devices.pool().live(); }
  std::vector<std::uint64_t> live_ids() const { return parts_.devices.pool().live_ids(); }
  /// The I/O whose completion has this serial number, in a logged run; name 0 if there is none.
  Identity logged_io(std::uint64_t id) const { return parts_.devices.logged_io(id); }
  /// `client/read(db)#3`, or `read(db)#3` if `said_of` is `client`.
  std::string io_in_words(const Identity& io, NameId said_of = 0) const;
  /// `read(db)`: without the task's name, the ordinal, and numbers. For signatures.
  std::string kind_of_io(const Identity& io) const;

  // What the store watch knows.

  MemoryWatch& memory() const { return parts_.memory; }
  DebugInfo& debug_info() const { return parts_.debug_info; }
  /// The source lines that submitted I/Os, kept only in a logged run.
  const SubmitPlaces& submit_places() const { return parts_.submit_places; }
  /// The objects that the scenario has named, and those that the entry under way was called with.
  std::vector<NamedObject> known_objects() const;
  void know_object(NamedObject object) { known_objects_.push_back(std::move(object)); }
  void forget_objects() { known_objects_.clear(); }

  // Findings.

  std::string signature(std::string_view check, std::string_view what) const {
    return parts_.findings.signature(check, what);
  }
  void report(Finding finding) const { parts_.findings.report(std::move(finding)); }
  void report_misuse(std::string_view what) const { parts_.findings.report_misuse(what); }
  void report_expectation(std::string_view what, const CodeLocation& place) const {
    parts_.findings.report_expectation(what, place);
  }
  /// Whether the run has a finding: it ends at the next turn.
  bool stopped() const { return parts_.findings.has_error(); }
  /// The checks are asked anew what they want, before the next event.
  void select_checks_anew() const { parts_.state.claims_changed = true; }
  /// Says that the run is over and that the entry under way would not end by itself, so control
  /// must not return to it.
  void leave_entry() const { parts_.state.leaves_entry = true; }

 private:
  Parts parts_;
  std::vector<NamedObject> known_objects_;
};

}  // namespace internal
}  // namespace reprise
