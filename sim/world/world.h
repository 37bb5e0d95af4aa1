// World: everything simulated in one run: the clock, the tasks, the device; and the loop that lets
// the strategy's next event happen. Reset in place between the runs of a campaign.
#pragma once

#include <reprise/sim/check/check.h>
#include <reprise/sim/declared.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/evidence/submissions.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/memory_watch.h>
#include <reprise/sim/strategy/strategy.h>
#include <reprise/sim/surface/surfaces.h>
#include <reprise/sim/world/submit_places.h>
#include <reprise/sim/world/task.h>

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::internal {

class WorldObserver;

class World {
 public:
  /// What outlives a world that was left in the middle of a run.
  struct Lasting {
    Names names;
    DebugInfo debug_info;
  };

  explicit World(Lasting& lasting);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // A run, in this order. For the Runner.

  void begin_run(const Scenario& scenario, Strategy& strategy, const RunOptions& options);
  /// After the scenario's body has returned, or thrown.
  void end_run(RunResult& result);
  /// Whether the body has called run_events().
  bool has_run() const { return has_run_; }
  /// The body was left on the stack of `run`, with all that it called; see leave_run(). This world
  /// can do no more, and as the objects of the scenario are not destroyed, neither may it be.
  void end_left_run(RunResult& result);
  /// The body runs on this fiber; null: on the caller's stack.
  void set_run_fiber(Fiber* run) { run_fiber_ = run; }
  /// Whether an event is under way: one that the body has come back from was left by longjmp().
  bool in_an_event() const { return !happening_.none(); }

  // What Sim offers; see sim.h.

  Task& spawn(std::string_view name);
  void run_events();
  void survives(const Faults& faults);
  const Faults& faults() const { return faults_; }
  std::int64_t option(std::string_view name, std::int64_t otherwise);
  Declared& declared() { return declared_; }
  /// To be said when something is added to them.
  void claims_have_changed() {
    claims_changed_ = true;
    // What a task does next, in this very event, counts.
    if (current_ != nullptr && !current_->operation.in_entry()) select_checks();
  }
  void reached(std::string_view goal);
  void know_object(NamedObject object) { known_objects_.push_back(std::move(object)); }
  void results_depend_on_timing() {
    compare_results_ = false;
    submissions_.depend_on_timing();
  }
  void entries_per_operation_max(std::uint32_t entries) { entries_per_operation_max_ = entries; }
  void events_max(std::uint64_t events) { events_max_ = events; }
  std::uint64_t events_max() const { return events_max_; }
  std::uint32_t entries_per_operation_max() const { return entries_per_operation_max_; }

  void begin_operation(Task& task, const AwaitOptions& options, CodePlace place);
  void begin_entry(Task& task);
  void end_operation(Task& task, Step answer);
  /// An entry threw.
  void operation_threw(Task& task);
  /// The entry has yielded. Of a task on a fiber: comes back at its next turn.
  Resume park(Task& task, const Completion& waits_for);
  /// The task that has its turn; a REPRISE_ASSERT outside of one.
  Task& current_task();
  Task* current() { return current_; }
  /// Whether there is an operation that is not over, or that is being cleaned up behind.
  bool operation_under_way() const { return operations_under_way_ != 0; }
  std::uint32_t operations_under_way() const { return operations_under_way_; }

  // Decisions, time, names.

  Names& names() { return names_; }
  const Names& names() const { return names_; }
  Instant now() const { return now_; }
  /// The code under test asks.
  Instant tell_time() {
    time_is_asked_ = true;
    return now_;
  }
  /// Whether it has, in the entry under way.
  bool has_asked_time() const { return time_is_asked_; }
  /// Code under test keeps the loop busy that long.
  void pass_time(Duration time) { now_ = now_ + time; }
  Base base() const { return base_; }
  /// Whether such a decision can be anything but calm in this run.
  bool may(IdentityKind kind) const { return (active_ & kinds(kind)) != 0; }
  /// In [0, arity).
  std::uint32_t decide(Identity identity, std::uint32_t arity) {
    return may(identity.kind()) ? ask(identity, arity) : 0;
  }
  /// The workload choices of this run, or of the last, that were not 0.
  const std::vector<RecordedDecision>& workload() const { return workload_; }
  /// The submissions of this run, or of the last.
  Submissions& submissions() { return submissions_; }
  void enable(Event event) {
    ++enabled_;
    strategy_->enable(event);
  }
  NameId name_of_io(IOKind kind, std::string_view path, std::uint32_t path_index);
  NameId context_name() const;
  Device& device() { return device_; }
  MemoryWatch& memory() { return memory_; }
  Surfaces& surfaces() { return surfaces_; }
  /// Valid for the last run as well.
  DebugInfo& debug_info() { return debug_info_; }

  // What happens, for the checks and the log.

  void submitted(Identity io);
  /// A machine has submitted, finished or cancelled an I/O, or changed a Tracked value.
  void work_done() { ++work_done_; }
  Operation::Work work() const { return {work_done_, observed_handles}; }
  /// The lines that I/Os were submitted on, kept only in a run whose report is read.
  const SubmitPlaces& submit_places() const { return submit_places_; }
  /// The same I/O, once it is known what it is to do.
  void keep_submission(const SubmittedIO& io, std::span<const Buffer> buffers);
  void io_finished(Identity io, IOError error, std::uint64_t bytes);
  /// Called when an I/O has finished with a fault: it has failed, or was cut short.
  void io_hit(Identity io);
  bool wants(Hook hook) const { return !listeners_[static_cast<std::size_t>(hook)].empty(); }
  template <class F>
  void tell(Hook hook, F&& call) {
    const std::vector<Check*>& listeners = listeners_[static_cast<std::size_t>(hook)];
    if (listeners.empty()) return;
    const MemoryWatch::Quiet quiet;
    for (Check* const check : listeners) call(*check);
  }
  /// A call has answered IO to the entry under way.
  void answered_io(const Task& task, const AwaitSite& site);
  bool logging() const { return options_->log_events; }
  /// Adds to the text of the event under way: what the task that has its turn does, in words that
  /// make a sentence with its name before it.
  void note(std::string_view text);
  /// Logs what something other than a task does: the disk, the clock, the plan.
  void note(std::string_view who, std::string_view text);
  /// Takes part in the digest of the run.
  void fold(std::uint64_t value);

  // Findings. The first error counts, and ends the run at the next turn; notes are kept.

  void report(Finding finding);
  /// `where` threw; a finding of `crash`.
  void report_exception(std::string_view where, std::exception_ptr failure);
  /// The scenario itself is not in order.
  void report_misuse(std::string_view what);
  bool stopped() const { return finding_.has_value(); }
  /// Ends the run here, whatever is under way, and does not come back, if the run has a finding and
  /// a fiber of its own: what the code under test would do next would be undefined.
  void leave_run_if_stopped();
  /// Nothing could happen any more.
  bool came_to_an_end() const { return came_to_an_end_; }
  const Scenario& scenario() const { return *scenario_; }
  /// "scenario/name": what signatures are made of.
  std::string signature(std::string_view check, std::string_view what) const;
  /// For signatures: numbers differ from run to run where the bug is the same.
  static std::string without_numbers(std::string_view text);

  // For checks.

  /// Objects that the scenario has named, and what the entry under way was called with.
  std::vector<NamedObject> known_objects() const;
  Task& task(TaskId id) { return *tasks_[id]; }
  std::uint32_t task_count() const { return task_count_; }
  /// `client/read(db)#3`; said of `client`, `read(db)#3`.
  std::string io_in_words(const Identity& io, NameId said_of = 0) const;
  /// `read(db)`: without the task's name, the ordinal, and numbers. For signatures.
  std::string kind_of_io(const Identity& io) const;
  /// The stacks that code under test has frames on, as far as they are in use: on that of the run,
  /// from the scenario's frame on, since what the world itself has left below it is no pointer.
  std::vector<MemoryBlock> stacks_in_use() const;
  const RunOptions& options() const { return *options_; }
  const RunStats& stats() const { return stats_; }

  /// Nothing can happen any more: enters the operation of `task`, which is parked, once more, and
  /// lets only `check` look. What comes of it takes part in nothing.
  void enter_once_more(Task& task, Check& check);

  /// The run is over, and the entry under way does not end by itself: control is not to go back to
  /// it.
  void leave_entry() { leaves_entry_ = true; }
  /// Does so. What lies between is unwound: of a fiber at the run's end, else by an exception.
  void leave_if_told() {
    if (leaves_entry_) [[unlikely]]
      leave_for_good();
  }

  /// A completion that `task` waits for has finished.
  void wake(Task& task);

 private:
  std::uint32_t ask(Identity identity, std::uint32_t arity);
  /// False if the run was stopped, by a finding or because it has gone on for too long.
  bool until_nothing_can_happen();
  Event next_event();
  void happen(Event event);
  void take_turn(Task& task);
  void turn_of_fiber(Task& task);
  void turn_of_machine(Task& task);
  void keep_footprint(const Task& task);
  Resume begin_wait(Task& task, const Completion& waits_for);
  Resume after_wait(Task& task);
  void drop_operation(Task& task);
  void operation_is_over(const OperationRef& operation, const OperationEnd& ending);
  template <class CleanUp>
  void drop_and_clean_up(Task& task, const OperationEnd& ending, CleanUp clean_up);
  void abandon(Task& task);
  void abort(Task& task, IOError error);
  bool drop_or_cancel(Task& task, const Completion& waits_for, const Identity& place);
  void wait_for_turn(Task& task, const Completion& waits_for, const Identity& place);
  std::string yield_in_words(const Task& task) const;
  /// In a logged run, keeps for schedule-equivalence where operations yielded and what they
  /// answered.
  void keep_yield(const Task& task);
  void keep_outcome(const Task& task, const Step& answer);
  OperationOutcome& outcome_of(const Task& task);
  Identity place_of(Task& task, const Completion& waits_for);
  Identity place_of_io(Task& task, const Completion& waits_for, const Identity& io);
  void enable_turn(Task& task, Identity cause, Rank rank);
  void start_next_serial_task();
  void task_done(Task& task);
  void leave_for_good();
  void begin_events();
  /// Takes down what equivalent schedules must agree on, if this run can be compared.
  void look_at_observed();
  void keep_goals(RunResult& result) const;
  void release_tasks();
  void select_checks();
  void listen(Check& check, Hooks to);
  Fiber& take_fiber();

  void take_result(RunResult& result);

  Names& names_;
  Device device_;
  std::unique_ptr<WorldObserver> watch_;
  std::unique_ptr<Strategy> after_the_end_;  // decides what no run records
  MemoryWatch memory_;
  Surfaces surfaces_;
  DebugInfo& debug_info_;
  std::vector<std::unique_ptr<Check>> checks_;
  std::array<std::vector<Check*>, hook_count> listeners_;

  std::vector<std::unique_ptr<Task>> tasks_;  // the first task_count_ are this run's
  std::uint32_t task_count_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_fibers_;

  // This run.
  const Scenario* scenario_ = nullptr;
  Strategy* strategy_ = nullptr;
  const RunOptions* options_ = nullptr;
  Faults faults_;
  DecisionKinds active_ = 0;
  Base base_ = Base::sync;
  Instant now_;
  Task* current_ = nullptr;
  Fiber* run_fiber_ = nullptr;
  std::uintptr_t scenario_frame_ = 0;  // on the stack of the run fiber
  Event happening_;
  std::uint64_t enabled_ = 0;  // events in the strategy's pool
  std::uint64_t work_done_ = 0;
  std::uint64_t answers_in_entry_ = 0;  // IO
  std::uint64_t ios_in_entry_ = 0;      // submitted
  bool serial_ = false;
  bool driver_sees_errors_ = false;
  std::uint32_t operations_under_way_ = 0;
  std::uint32_t yields_in_a_row_ = 0;
  std::uint32_t next_serial_ = 0;  // tasks not started yet, in a serial run
  bool overlapped_ = false;        // an operation was started while others waited
  bool time_is_asked_ = false;
  bool timer_overtook_ = false;  // a timer fired before what could happen: a timeout came first
  bool has_run_ = false;
  bool came_to_an_end_ = false;
  bool claims_changed_ = false;
  bool leaves_entry_ = false;
  bool compare_results_ = true;
  std::uint32_t entries_per_operation_max_ = 0;
  std::uint64_t events_max_ = 0;
  std::uint64_t digest_ = 0;
  std::uint64_t workload_digest_ = 0;
  std::vector<RecordedDecision> workload_;
  Submissions submissions_;
  SubmitPlaces submit_places_;
  RunStats stats_;
  std::optional<Finding> finding_;
  std::vector<Finding> notes_;
  std::vector<LoggedEvent> log_;
  std::vector<Footprint> footprints_;
  Declared declared_;
  std::vector<NamedObject> known_objects_;
  std::vector<OutcomePart> outcome_;
  std::vector<OperationOutcome> operations_;
  std::map<std::string, std::int64_t, std::less<>> options_asked_;
  NameId main_name_ = 0;
};

}  // namespace reprise::internal
