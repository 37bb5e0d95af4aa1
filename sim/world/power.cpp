#include <reprise/sim/world/power.h>

#include <reprise/core/digest.h>
#include <reprise/sim/world/operation_driver.h>
#include <reprise/sim/world/recovery_branches.h>

#include <cstddef>
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

void Power::end_tasks() {
  for (TaskId id = 0; id < parts_.tasks.count(); ++id) {
    Task& task = parts_.tasks[id];
    if (task.state == Task::State::done) continue;
    parts_.driver.lose_power(task);
    parts_.turns.end(task);
  }
}

/// Nothing is left of what was under way.
void Power::end_everything() {
  RunState& run = parts_.run;
  run.happening = {};
  parts_.devices.memory().disown_all();
  end_tasks();
  parts_.parking.forget_all();
  parts_.devices.drop_in_flight();
  run.strategy->forget_enabled();
  run.enabled = 0;
  run.is_serial = false;
  run.next_serial = parts_.tasks.count();
  parts_.declared.forget_objects();
  parts_.checks.tell<&Check::power_lost>();
}

void Power::lose() {
  RunState& run = parts_.run;
  ++run.power_losses;
  ++run.stats.power_losses;
  if (run.is_logged) parts_.log.note("power", "is lost");
  parts_.disk().cut_power();
  end_everything();
  if (!run.is_recovering) active_ = run.active;
  run.is_recovering = true;
  // A recovery meets nothing worse than the next power loss.
  run.active &= ~fault_kinds | kinds_that(Effect::loses_power);
  run.claims_changed = true;
  if (run.options->branches != nullptr && run.power_losses == 1) {
    recover_often(*run.options->branches);
  } else {
    begin_recovery();
  }
}

void Power::begin_recovery() {
  RunState& run = parts_.run;
  DiskDevice& disk = parts_.disk();
  const Identity power{parts_.names.child(0, "power"), run.power_losses, DecisionKind::survival};
  const std::uint32_t mode = parts_.devices.decide(power, 3);
  const auto choose = [&](const Unpersisted& change, std::uint32_t ways) {
    return mode < 2 ? mode : parts_.devices.decide(change.io.with(DecisionKind::survives), ways);
  };
  parts_.losses.push_back({run.stats.events, disk.let_survive(choose)});
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

void Power::recover_often(RecoveryBranches& branches) {
  DiskDevice& disk = parts_.disk();
  const Persistence persistence = disk.persistence();
  const RunState run = parts_.run;
  const Names::Ordinals ordinals = parts_.names.ordinals();
  const std::uint32_t tasks = parts_.tasks.count();
  std::vector<KeptMoment> kept;
  for (const auto& state : parts_.declared.durability.states()) kept.push_back(state->moment());
  branches.begin(persistence,
                 mix(parts_.declared.durability.digest(), disk.disk().digest_of_bad_sectors()));
  while (branches.next()) {
    end_everything();
    disk.cut_power_at(persistence);
    parts_.run = run;
    parts_.names.go_back_to(ordinals);
    parts_.tasks.go_back_to(tasks);
    parts_.losses.clear();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      parts_.declared.durability.states()[i]->go_back_to(kept[i]);
    }
    begin_recovery();
    if (!parts_.run_to_the_end()) return;
    parts_.checks.tell<&Check::quiescence>();
    if (parts_.findings.has_error()) return;
    branches.recovered(disk.units_read());
  }
}

}  // namespace reprise
