#include <reprise/sim/world/power.h>

#include <reprise/sim/world/operation_driver.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

DecisionKind crash_before(EventKind event) {
  switch (event) {
    case EventKind::effect: return DecisionKind::crash_at_effect;
    case EventKind::turn: return DecisionKind::crash_at_turn;
    case EventKind::delivery:
    case EventKind::fire: break;
  }
  return DecisionKind::crash;
}

}  // namespace

bool Power::is_lost_before(const Event& event) {
  if (parts_.run.power_losses == losses_max) return false;
  const DecisionKind kind = crash_before(event.identity.kind().event());
  return parts_.devices.decide(event.identity.with(kind), 2) != 0;
}

bool Power::is_lost_at_end() {
  const RunState& run = parts_.run;
  if (run.enabled != 0 || run.timers_armed != 0 || run.power_losses == losses_max) return false;
  const Identity end{parts_.names.child(0, "end"), run.power_losses + 1, DecisionKind::crash};
  return parts_.devices.decide(end, 2) != 0;
}

Identity Power::identity_of(const Unpersisted& change) {
  if (change.io.name != 0) return change.io.with(DecisionKind::survives);
  const NameId name = parts_.names.child(0, "open(" + change.path + ")");
  return {name, parts_.names.next_ordinal(name), DecisionKind::survives};
}

std::vector<LostChange> Power::decide_survival(DiskDevice& disk) {
  const Identity power{parts_.names.child(0, "power"), parts_.run.power_losses,
                       DecisionKind::survival};
  const std::uint32_t mode = parts_.devices.decide(power, 3);
  return disk.lose_power([&](const Unpersisted& change, std::uint32_t ways) {
    return mode < 2 ? mode : parts_.devices.decide(identity_of(change), ways);
  });
}

void Power::end_tasks() {
  for (TaskId id = 0; id < parts_.tasks.count(); ++id) {
    Task& task = parts_.tasks[id];
    if (task.state == Task::State::done) continue;
    parts_.driver.lose_power(task);
    parts_.turns.end(task);
  }
}

void Power::lose() {
  RunState& run = parts_.run;
  ++run.power_losses;
  run.happening = {};
  DiskDevice& disk = parts_.disk();
  if (run.is_logged) parts_.log.note("power", "is lost");
  parts_.losses.push_back({run.stats.events, decide_survival(disk)});
  parts_.devices.memory().disown_all();
  end_tasks();
  parts_.devices.drop_in_flight();
  run.strategy->forget_enabled();
  run.enabled = 0;
  run.is_serial = false;
  run.next_serial = parts_.tasks.count();
  if (!run.is_recovering) active_ = run.active;
  run.is_recovering = true;
  // A recovery meets nothing worse than the next power loss.
  run.active &= ~fault_kinds | kinds_that(Effect::loses_power);
  run.claims_changed = true;
  parts_.declared.forget_objects();
  parts_.checks.tell<&Check::power_lost>();
  disk.restore_power();
  Task& task = parts_.spawn("recovery[" + std::to_string(run.power_losses) + ']');
  task.body = [this] { recover(); };
  task.uses_rest = true;
}

void Power::recover() {
  parts_.declared.recovery();
  parts_.declared.durability.look();
  parts_.run.is_recovering = false;
  parts_.run.active = active_;
  parts_.run.claims_changed = true;
  parts_.checks.tell<&Check::recovered>();
}

}  // namespace reprise
