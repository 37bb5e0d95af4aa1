// A run that does not end: an operation that is entered again and again, or one that spins on
// explicit yields where there is something to wait for. See busy_task.cpp for who does not even
// give control back.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/standstill.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class EndlessRun final : public Check {
 public:
  explicit EndlessRun(RunView& run) : run_(run) {}

  /// Deliveries count only once somebody spins.
  Hooks wants(Hooks overridden) const override {
    return spins_ ? overridden : overridden & ~hooks(Hook::event_done);
  }

  void run_begins() override {
    if (std::exchange(spins_, false)) run_.select_checks_anew();
    tasks_.clear();
  }

  void late_entry_begins(TaskId id) override {
    if (run_.stopped()) return;
    const std::uint32_t entries = run_.task(id).operation.entries();
    // How long an I/O takes is the strategy's choice, and how often a task looks at it meanwhile.
    PerTask& task = per_task(id);
    if (task.looks_again && run_.has_io_in_flight()) ++task.while_in_flight;
    if (entries - task.while_in_flight <= run_.entries_per_operation_max()) return;
    run_.report(finding_of(
        run_, name(),
        {"endless operation",
         "an operation has been entered " + std::to_string(entries) + " times and has not ended",
         "an operation says Done or Err after some entries",
         "look for work that starts again on each entry; a long operation that is sound is "
         "declared with sim.entries_per_operation_max()"},
        {id}));
  }

  void late_entry_yields(TaskId id, const Completion& waits_for) override {
    per_task(id).looks_again = waits_for.is_explicit_yield() || run_.is_timer(waits_for);
    const Task& task = run_.task(id);
    if (task.spun_in == task.operation.entries() && task.spins >= few_entries) {
      spin(id, waits_for);
    }
  }

  /// An I/O of a task has been delivered.
  void event_done(Event event) override {
    if (event.identity.kind() == EventKind::turn) return;
    const NameId name = run_.names().parent(event.identity.name);
    for (TaskId id = 0; id < run_.task_count(); ++id) {
      if (run_.task(id).name == name) run_.task(id).spins = 0;
    }
  }

  void too_many_events() override {
    run_.report(finding_of_all(
        run_, name(),
        {"endless",
         "the run has not ended after " + std::to_string(run_.stats().events) + " events",
         "every run comes to an end",
         "bound the workload's loops; a run that is sound and long is declared with "
         "sim.events_max()"}));
  }

 private:
  struct PerTask {
    std::uint32_t operation = 0;        // the number of the one that this is about
    std::uint32_t while_in_flight = 0;  // entries that only looked at I/O in flight
    bool looks_again = false;           // it has waited for a turn, or for a timer
  };

  PerTask& per_task(TaskId id) {
    if (tasks_.size() <= id) tasks_.resize(id + 1);
    PerTask& task = tasks_[id];
    if (task.operation != run_.task(id).operations) task = {run_.task(id).operations, 0, false};
    return task;
  }

  // An explicit yield, after some others.
  void spin(TaskId id, const Completion& waits_for) {
    if (!spins_) run_.select_checks_anew();
    spins_ = true;
    Task& task = run_.task(id);
    if (run_.memory().has_changed_memory()) task.spins = 0;
    if (task.spins <= run_.options().spins_max || run_.stopped() || !run_.has_io_in_flight())
      return;
    run_.report(finding_of(
        run_, name(),
        {"spins",
         "an operation has answered " + std::to_string(task.spins) +
             " explicit yields in a row, while I/O was delivered that it might have waited for",
         "an explicit yield lets others run for once; who waits for something waits on its "
         "completion",
         "spins on explicit yields: wait on a completion instead, one that the other finishes when "
         "it is done"},
        id, waits_for));
  }

  RunView& run_;
  bool spins_ = false;  // some operation did, in this run
  std::vector<PerTask> tasks_;
};

}  // namespace

std::unique_ptr<Check> make_endless_run(RunView& run) {
  return make_check<EndlessRun>(run, check_name::endless_run);
}

}  // namespace reprise
