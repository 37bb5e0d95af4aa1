// World: everything that is simulated in one run (the clock, the tasks, the device), and the loop
// that executes the strategy's next event. It is reset in place between the runs of a campaign.
#pragma once

#include <reprise/core/internal/completion_head.h>
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
  /// The parts that outlive a world that was left in the middle of a run.
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
  /// Called after the scenario's body has returned or thrown.
  void end_run(RunResult& result);
  /// Whether the body has called run_events().
  bool has_run() const { return has_run_; }
  /// Ends a run whose body was left on its fiber, with everything that it called; see
  /// leave_run_if_stopped(). This world can do no more. The scenario's objects are not destroyed,
  /// so the world must not be destroyed either.
  void end_left_run(RunResult& result);
  /// The fiber that the body runs on; null: it runs on the caller's stack.
  void set_run_fiber(Fiber* run) { run_fiber_ = run; }
  /// Whether an event is under way. If one is when the body has returned, it was left by longjmp().
  bool in_an_event() const { return !happening_.none(); }

  // The implementation of Sim; see sim.h.

  Task& spawn(std::string_view name);
  void run_events();
  void survives(const Faults& faults);
  const Faults& faults() const { return faults_; }
  std::int64_t option(std::string_view name, std::int64_t otherwise);
  Declared& declared() { return declared_; }
  /// Must be called after something was added to declared().
  void claims_have_changed() {
    claims_changed_ = true;
    // The rest of the task's turn, in this very event, counts already.
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

  void begin_operation(Task& task, const AwaitOptions& options, CodeLocation place);
  void begin_entry(Task& task);
  void end_operation(Task& task, Step answer);
  /// Ends the operation of `task`, whose entry threw.
  void operation_threw(Task& task);
  /// Parks a task whose entry has yielded. On a fiber this returns at the task's next turn.
  Resume park(Task& task, const Completion& waits_for);
  /// The task that has its turn; outside of a turn a REPRISE_ASSERT fails.
  Task& current_task();
  Task* current() { return current_; }
  /// Whether an operation is under way, or the clean-up after one.
  bool operation_under_way() const { return operations_under_way_ != 0; }
  std::uint32_t operations_under_way() const { return operations_under_way_; }

  // Decisions, time, names.

  Names& names() { return names_; }
  const Names& names() const { return names_; }
  Instant now() const { return now_; }
  /// The code under test asks for the time.
  Instant tell_time() {
    time_is_asked_ = true;
    return now_;
  }
  /// Whether the code under test has asked for the time in the entry under way.
  bool has_asked_time() const { return time_is_asked_; }
  /// Moves the clock on: the code under test keeps the loop busy for `time`.
  void pass_time(Duration time) { now_ = now_ + time; }
  Base base() const { return base_; }
  /// Whether a decision of this kind can be other than calm in this run.
  bool may(IdentityKind kind) const { return (active_ & kinds(kind)) != 0; }
  /// Makes a decision: a value in [0, arity).
  std::uint32_t decide(Identity identity, std::uint32_t arity) {
    return may(identity.kind()) ? ask(identity, arity) : 0;
  }
  /// The workload choices other than 0 of this run, or of the last.
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
  /// Also valid for the last run.
  DebugInfo& debug_info() { return debug_info_; }

  // Reports of what happens, for the checks and the log.

  void submitted(Identity io);
  /// A machine has submitted, finished or cancelled an I/O, or changed a Tracked value.
  void work_done() { ++work_done_; }
  Operation::Work work() const { return {work_done_, observed_handles}; }
  /// The source lines that submitted I/Os, kept only in a logged run.
  const SubmitPlaces& submit_places() const { return submit_places_; }
  /// Called for a submitted I/O once it is known what the I/O is to do.
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
  /// Called when an awaited call has answered IO to the entry under way.
  void answered_io(const Task& task, const AwaitSite& site);
  bool logging() const { return options_->log_events; }
  /// Logs, in the event under way, what the task that has its turn does. `text` makes a sentence
  /// after the task's name.
  void note(std::string_view text);
  /// Logs what something does: a task, the disk, the clock, the plan; see LoggedFact.
  void note(std::string_view who, std::string_view text, std::string_view io = {});
  /// Adds `value` to the digest of the run.
  void fold(std::uint64_t value);

  // Findings. The first error counts and ends the run at the next turn; notes are collected.

  void report(Finding finding);
  /// Reports that `where` threw, as a finding of `crash`.
  void report_exception(std::string_view where, std::exception_ptr failure);
  /// Reports a mistake in the scenario itself.
  void report_misuse(std::string_view what);
  bool stopped() const { return finding_.has_value(); }
  /// If the run has a finding and its own fiber, ends the run at once and does not return, because
  /// the code under test would do something undefined next.
  void leave_run_if_stopped();
  /// Whether the run ended because nothing could happen any more.
  bool came_to_an_end() const { return came_to_an_end_; }
  const Scenario& scenario() const { return *scenario_; }
  /// The signature of a finding.
  std::string signature(std::string_view check, std::string_view what) const;
  /// For signatures: `text` without its numbers, which may differ from run to run for the same bug.
  static std::string without_numbers(std::string_view text);

  // For checks.

  /// The objects that the scenario has named, and those that the entry under way was called with.
  std::vector<NamedObject> known_objects() const;
  Task& task(TaskId id) { return *tasks_[id]; }
  std::uint32_t task_count() const { return task_count_; }
  /// `client/read(db)#3`, or `read(db)#3` if `said_of` is `client`.
  std::string io_in_words(const Identity& io, NameId said_of = 0) const;
  /// `read(db)`: without the task's name, the ordinal, and numbers. For signatures.
  std::string kind_of_io(const Identity& io) const;
  /// The used parts of the stacks that have frames of the code under test. On the run's own stack
  /// this begins at the scenario's frame, since words that the world left below it are not
  /// pointers.
  std::vector<MemoryBlock> stacks_in_use() const;
  const RunOptions& options() const { return *options_; }
  const RunStats& stats() const { return stats_; }

  /// When nothing can happen any more: enters the parked operation of `task` once more, for `check`
  /// alone to watch. The entry has no influence on the run's result.
  void enter_once_more(Task& task, Check& check);

  /// Says that the run is over and that the entry under way would not end by itself, so control
  /// must not return to it.
  void leave_entry() { leaves_entry_ = true; }
  /// Leaves the entry if leave_entry() was called. Its frames are unwound: at the run's end if it
  /// is on a fiber, else by an exception.
  void leave_if_told() {
    if (leaves_entry_) [[unlikely]]
      leave_for_good();
  }

  /// Called when the completion that `task` waits for has finished.
  void wake(Task& task);

 private:
  std::uint32_t ask(Identity identity, std::uint32_t arity);
  /// Executes events until none is left. False if the run was stopped, by a finding or because it
  /// went on for too long.
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
  bool drop_or_cancel(Task& task, const Completion& waits_for, const Identity& point);
  void wait_for_turn(Task& task, const Completion& waits_for, const Identity& point);
  std::string yield_in_words(const Task& task) const;
  /// In a logged run, these keep for schedule-equivalence where operations yielded and what they
  /// answered.
  void keep_yield(const Task& task);
  void keep_outcome(const Task& task, const Step& answer);
  OperationOutcome& outcome_of(const Task& task);
  Identity point_of(Task& task, const Completion& waits_for);
  Identity point_of_io(Task& task, const Completion& waits_for, const Identity& io);
  void enable_turn(Task& task, Identity cause, Rank rank);
  void start_next_serial_task();
  void task_done(Task& task);
  void leave_for_good();
  void begin_events();
  /// Records what equivalent schedules must agree on, if this run can be compared.
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
  std::unique_ptr<Strategy> after_the_end_;  // decides after the end of a run, unrecorded
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
  std::uint64_t answers_in_entry_ = 0;  // IO answers
  std::uint64_t ios_in_entry_ = 0;      // I/Os submitted
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
