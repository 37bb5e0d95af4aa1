// EventLoop: lets the events of a run happen, one after the other, as the strategy chooses. It is
// compiled twice: for runs that are attended, and for bare ones, which nobody watches.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/checks.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/evidence/findings.h>
#include <reprise/sim/evidence/resource_holders.h>
#include <reprise/sim/operation/task.h>
#include <reprise/sim/operation/tasks.h>
#include <reprise/sim/world/event_log.h>
#include <reprise/sim/world/power_switch.h>

namespace reprise {

class Turns;

class EventLoop final : public TaskWaker {
 public:
  struct Parts {
    RunState& run;
    Names& names;
    Tasks& tasks;
    DeviceHost& devices;
    Checks& checks;
    const Findings& findings;
    EventLog& log;
    ResourceHolders& holders;
    const RunView& view;
    Turns& turns;
    PowerSwitch& power;
  };
  explicit EventLoop(const Parts& parts) : parts_(parts) {}

  void begin_run() { timers_ = {}; }
  /// Enables the first turns: of the first task in a serial run, else of all.
  void enable_first_turns();
  /// Lets events happen until none is left. False if the run was stopped, by a finding or because
  /// it went on for too long.
  bool until_nothing_can_happen();

  void enable_turn(Task& task, Identity cause, Rank rank) {
    task.ready = true;
    parts_.devices.enable({cause.with(EventKind::turn), rank, task.id});
  }
  /// What `task` waits for has finished.
  void wake(Task& task) override;
  /// In a serial run the next one starts.
  void task_is_done();

 private:
  template <bool is_attended>
  bool run_to_the_end();
  template <bool is_attended>
  void happen(Event event);
  Event next_event();
  Event next_event_of_serial_run();
  void look_at_timers();
  void fetch_upcoming() const;
  void begin_attended_event(const Event& event);
  void end_attended_event(const Event& event);
  void log_end(const Event& event);
  void start_next_task();
  void beat();

  Parts parts_;
  Timers timers_;
};

}  // namespace reprise
