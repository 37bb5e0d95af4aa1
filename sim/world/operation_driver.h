// OperationDriver: drives the operations of tasks: their entries and waits, what may happen to one
// while it waits, and its end.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/observer.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/driving.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/submissions.h>
#include <reprise/sim/operation/task.h>
#include <reprise/sim/world/event_log.h>
#include <reprise/sim/world/outcomes.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

class EventLoop;

class OperationDriver {
 public:
  struct Parts {
    RunState& run;
    Names& names;
    DeviceHost& devices;
    Submissions& submissions;
    Checks& checks;
    const RunView& view;
    EventLog& log;
    Outcomes& outcomes;
    EventLoop& loop;
  };
  explicit OperationDriver(const Parts& parts) : parts_(parts) {}

  void begin_run() { footprints_.clear(); }

  void begin_operation(Task& task, const AwaitOptions& options, CodeLocation place);
  /// The operation of `task`, if it has one, ends with the power.
  void lose_power(Task& task);
  /// Lets `task` have these options, for the operation that it begins.
  static void keep(const AwaitOptions& options, Task& task);
  /// This and begin_wait() are compiled for attended runs and for bare ones; see EventLoop.
  template <bool is_attended>
  void begin_entry(Task& task) {
    ++parts_.run.stats.entries;
    if constexpr (is_attended) begin_attended_entry(task);
  }
  void end_operation(Task& task, const Step& answer);
  /// Ends the operation of `task`, whose entry threw.
  void operation_threw(Task& task);

  /// Parks a task on a fiber whose entry has yielded. This returns at the task's next turn.
  Resume park(Task& task, Completion waits_for);
  /// The entry has ended in a yield: what happens to the operation meanwhile. `enter`: it waits,
  /// and after_wait() must be called at the task's next turn.
  template <bool is_attended>
  Resume begin_wait(Task& task, Completion waits_for) {
    task.waits_for = std::move(waits_for);
    if constexpr (is_attended) end_attended_entry(task);
    task.state = Task::State::parked;
    // Most wait for an I/O in flight, and nothing else can set them going.
    const bool is_plain = (parts_.run.active & wait_kinds) == 0 && !task.waits_for.is_group() &&
                          parts_.devices.pool().has_made(task.waits_for);
    if (is_plain && task.waits_for.add_waiter(task)) return Resume::enter;
    return begin_eventful_wait(task);
  }
  /// The task has its turn again.
  [[gnu::always_inline]] Resume after_wait(Task& task) {
    task.state = Task::State::running;
    task.spurious = !internal::Peek(task.waits_for).finished();
    if (task.spurious) {
      task.stop_waiting();
    } else {
      task.asked_spurious = false;
      if (parts_.run.driver_sees_errors) return look_at_outcome(task);
    }
    task.waits_for = {};
    return Resume::enter;
  }

  std::vector<Footprint> take_footprints();

 private:
  /// What may happen to an operation while it waits.
  static constexpr DecisionKinds wait_kinds =
      kinds(DecisionKind::abandon, DecisionKind::cancel, DecisionKind::spurious);

  void begin_attended_operation(Task& task);
  void begin_attended_entry(Task& task);
  void end_attended_entry(Task& task);
  Resume begin_eventful_wait(Task& task);
  /// What `task` waited for has finished, and the driver looks how.
  Resume look_at_outcome(Task& task);
  Identity point_of(Task& task, const Completion& waits_for);
  Identity point_of_io(Task& task, const Completion& waits_for, const Identity& io);
  bool drop_or_cancel(Task& task, const Completion& waits_for, const Identity& point);
  void wait_for_turn(Task& task, const Completion& waits_for, const Identity& point);
  void abandon(Task& task);
  void abort(Task& task, IOError error);
  void drop_operation(Task& task);
  template <class CleanUp>
  void drop_and_clean_up(Task& task, const OperationEnd& ending, CleanUp clean_up);
  void operation_is_over(const OperationRef& operation, const OperationEnd& ending);
  std::string yield_in_words(const Task& task) const;
  void keep_footprint(const Task& task);
  void log_begin(const Task& task);
  void log_yield(const Task& task);
  void count_spin(Task& task) const;

  Parts parts_;
  std::vector<Footprint> footprints_;
};

}  // namespace reprise
