#include <reprise/sim/world/power.h>

#include <reprise/core/assert.h>
#include <reprise/core/digest.h>
#include <reprise/sim/world/operation_driver.h>
#include <reprise/sim/world/recovery_branches.h>

#include <algorithm>
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

// The decisions.

NodeId Power::node_of(const Event& event) const {
  if (event.identity.kind() == EventKind::turn) return parts_.tasks[event.slot].node;
  return parts_.devices.device_of(event.slot).node();
}

NameId Power::name_in(const Node& node, std::string_view part) const {
  return parts_.names.child(0, node.name_in_world(part));
}

Power::Fall Power::decide_fall(Node& node, const Identity& at) {
  const bool may_fall = node.recovery && node.state != Node::State::down && node.falls < falls_max;
  if (!may_fall) return Fall::none;
  return static_cast<Fall>(parts_.devices.decide(at, node.has_name() ? 3 : 2));
}

bool Power::falls_before(const Event& event) {
  const NodeId id = node_of(event);
  if (id == no_node) return false;
  Node& node = *parts_.nodes[id];
  const DecisionKind kind = crash_before(event.identity.kind().event());
  const Fall how = decide_fall(node, event.identity.with(kind));
  if (how == Fall::none) return false;
  if (event.identity.kind() != EventKind::fire) --parts_.run.enabled;  // it is in no pool any more
  fall(node, how);
  return true;
}

bool Power::falls_at_end() {
  const RunState& run = parts_.run;
  if (run.enabled != 0 || run.timers_armed != 0) return false;
  for (const auto& node : parts_.nodes) {
    const Identity end{name_in(*node, "end"), node->falls + 1, DecisionKind::crash};
    const Fall how = decide_fall(*node, end);
    if (how == Fall::none) continue;
    fall(*node, how);
    return true;
  }
  return false;
}

// The fall.

void Power::log(const Node& node, std::string who, std::string_view what) const {
  if (!parts_.run.is_logged) return;
  if (node.has_name()) who += " of " + node.name;
  parts_.log.note(who, what);
}

void Power::end_tasks(const Node& node) {
  for (TaskId id = 0; id < parts_.tasks.count(); ++id) {
    Task& task = parts_.tasks[id];
    if (task.node != node.id || task.state == Task::State::done) continue;
    parts_.driver.lose_power(task);
    parts_.turns.end(task);
  }
}

/// Nothing is left of what was under way on the node.
void Power::end_everything(const Node& node) {
  RunState& run = parts_.run;
  const Event happening = std::exchange(run.happening, {});
  Task* const current = run.current;
  parts_.devices.disown(node.id);
  end_tasks(node);
  parts_.surfaces.forget(node.id);
  parts_.devices.drop_in_flight(node.id);
  run.enabled -=
      run.strategy->forget([&](const Event& event) { return node_of(event) == node.id; });
  parts_.declared.forget_objects();
  run.claims_changed = true;
  parts_.checks.tell<&Check::power_lost>(node.id);
  run.current = current;
  if (current != nullptr) run.happening = happening;
}

void Power::take_down(Node& node, Fall how) {
  RunState& run = parts_.run;
  ++node.falls;
  node.state = Node::State::down;
  if (how == Fall::power) {
    ++run.stats.power_losses;
    log(node, "power", "is lost");
    node.disk.cut_power();
    node.sockets.cut_power();
  } else {
    ++run.stats.kills;
    log(node, "process", "is killed");
    node.disk.end_process();
    node.sockets.end_process();
  }
  parts_.losses.push_back({run.stats.events, node.id, how == Fall::process, {}});
  end_everything(node);
  look_at_recoveries();
}

void Power::fall(Node& node, Fall how) {
  RecoveryBranches* const branches = parts_.run.options->branches;
  take_down(node, how);
  if (branches != nullptr && node.falls == 1 && is_alone(node)) {
    recover_often(node, *branches);
    return;
  }
  if (how == Fall::power) let_survive(node);
  begin_recovery(node);
}

void Power::let_survive(Node& node) {
  const Identity power{name_in(node, "power"), node.falls, DecisionKind::survival};
  const std::uint32_t mode = parts_.devices.decide(power, 3);
  const auto choose = [&](const Unpersisted& change, std::uint32_t ways) {
    return mode < 2 ? mode : parts_.devices.decide(change.io.with(DecisionKind::survives), ways);
  };
  parts_.losses.back().lost = node.disk.let_survive(choose);
}

// The recovery.

void Power::look_at_recoveries() {
  RunState& run = parts_.run;
  const bool recovers = std::ranges::any_of(
      parts_.nodes, [](const auto& node) { return node->state == Node::State::recovering; });
  if (recovers == run.is_recovering) return;
  run.is_recovering = recovers;
  run.claims_changed = true;
  if (!recovers) {
    run.active = active_;
    return;
  }
  active_ = run.active;
  // A recovery meets nothing worse than the next power loss.
  run.active &= ~fault_kinds | kinds_that(Effect::loses_power);
}

void Power::begin_recovery(Node& node) {
  node.state = Node::State::recovering;
  look_at_recoveries();
  node.disk.restore_power();
  node.sockets.restore_power();
  Task& task = parts_.spawn(node, "recovery[" + std::to_string(node.falls) + ']');
  task.body = [this, &node] { recover(node); };
  task.uses_rest = true;
}

void Power::recover(Node& node) {
  node.recovery();
  parts_.declared.durability.look(node.id);
  node.state = Node::State::up;
  look_at_recoveries();
  parts_.checks.tell<&Check::recovered>(node.id);
}

bool Power::is_alone(const Node& node) const {
  return !node.has_name() &&
         std::ranges::none_of(parts_.nodes, [](const auto& other) { return other->is_used; });
}

void Power::recover_often(Node& node, RecoveryBranches& branches) {
  DiskDevice& disk = node.disk;
  const Persistence persistence = disk.persistence();
  const RunState run = parts_.run;
  const DecisionKinds active = active_;
  const Names::Ordinals ordinals = parts_.names.ordinals();
  const std::uint32_t tasks = parts_.tasks.count();
  std::vector<KeptMoment> kept;
  for (const auto& state : parts_.declared.durability.states()) kept.push_back(state->moment());
  branches.begin(persistence,
                 mix(parts_.declared.durability.digest(), disk.disk().digest_of_bad_sectors()));
  while (branches.next()) {
    end_everything(node);
    disk.cut_power_at(persistence);
    parts_.run = run;
    active_ = active;
    node.falls = 1;
    node.state = Node::State::down;
    parts_.names.go_back_to(ordinals);
    parts_.tasks.go_back_to(tasks);
    parts_.losses.assign(1, {run.stats.events, node.id, false, {}});
    for (std::size_t i = 0; i < kept.size(); ++i) {
      parts_.declared.durability.states()[i]->go_back_to(kept[i]);
    }
    let_survive(node);
    begin_recovery(node);
    if (!parts_.run_to_the_end()) return;
    parts_.checks.tell<&Check::quiescence>();
    if (parts_.findings.has_error()) return;
    branches.recovered(disk.units_read());
  }
}

// What a task of another node does.

void Power::kill(Node& node) { take_down(node, Fall::process); }

void Power::cut_power(Node& node) {
  take_down(node, Fall::power);
  let_survive(node);
}

void Power::restart(Node& node) { begin_recovery(node); }

}  // namespace reprise
