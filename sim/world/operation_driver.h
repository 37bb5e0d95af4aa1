// OperationDriver: drives the operations of tasks: their entries and waits, what may happen to one
// while it waits, and its end.
#pragma once

#include <reprise/core/internal/open.h>
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
#include <vector>

namespace reprise {

class Loop;

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
    Loop& loop;
  };
  explicit OperationDriver(const Parts& parts) : parts_(parts) {}

  void begin_run() { footprints_.clear(); }

  void begin_operation(Task& task, const AwaitOptions& options, CodeLocation place);
  void begin_entry(Task& task);
  void end_operation(Task& task, Step answer);
  /// Ends the operation of `task`, whose entry threw.
  void operation_threw(Task& task);

  /// Parks a task on a fiber whose entry has yielded. This returns at the task's next turn.
  Resume park(Task& task, const Completion& waits_for);
  /// The entry has ended in a yield: what happens to the operation meanwhile. `enter`: it waits,
  /// and after_wait() must be called at the task's next turn.
  Resume begin_wait(Task& task, const Completion& waits_for);
  Resume after_wait(Task& task);

  std::vector<Footprint> take_footprints();

 private:
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
  void count_spin(Task& task) const;

  Parts parts_;
  std::vector<Footprint> footprints_;
};

}  // namespace reprise
