#include <reprise/sim/evidence/repeated_states.h>

#include <reprise/core/digest.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/unobserved_scope.h>

#include <algorithm>

namespace reprise {

void RepeatedStates::begin() {
  tracked_ = 0;
  news();
}

void RepeatedStates::news() {
  rounds_ = 0;
  states_.clear();
  had_turn_.clear();
}

std::uint32_t RepeatedStates::look(TaskId task) {
  if (!has_state()) return 0;
  constexpr std::size_t states_max = 64;
  const std::uint64_t now = state();
  if (std::ranges::find(states_, now) == states_.end()) {
    if (states_.size() == states_max) states_.clear();
    states_.push_back(now);
    had_turn_.clear();
    rounds_ = 0;
  }
  if (had_turn_.size() <= task) had_turn_.resize(task + 1);
  had_turn_[task] = true;
  if (all_had_their_turn()) {
    had_turn_.clear();
    ++rounds_;
  }
  return rounds_;
}

bool RepeatedStates::has_state() const {
  const Declared& claims = run_.declared();
  const auto describes = [](const auto& object) { return static_cast<bool>(object.describe); };
  // What is only observed tells little of the machines: they may get on all the same.
  return std::ranges::any_of(claims.idle, describes) ||
         std::ranges::any_of(claims.owned, describes);
}

std::uint64_t RepeatedStates::state() const {
  const UnobservedScope unobserved;
  std::uint64_t digest = tracked_;
  const Declared& claims = run_.declared();
  const auto add = [&](const Describe& describe) {
    if (!describe) return;
    Archive archive;
    describe(archive);
    digest = mix(digest, archive.digest());
  };
  for (const Observed& observed : claims.observed) add(observed.describe);
  for (const IdleObject& object : claims.idle) add(object.describe);
  for (const OwnedState& state : claims.owned) add(state.describe);
  for (TaskId id = 0; id < run_.task_count(); ++id) {
    const Task& task = run_.task(id);
    const std::uint64_t point = run_.names().hash(task.operation.yield_point().name);
    digest = mix(digest, mix(point, static_cast<std::uint64_t>(task.state)));
  }
  return digest;
}

bool RepeatedStates::all_had_their_turn() const {
  for (TaskId id = 0; id < run_.task_count(); ++id) {
    const Task& task = run_.task(id);
    if (task.state == Task::State::done || !task.ready) continue;
    if (id >= had_turn_.size() || !had_turn_[id]) return false;
  }
  return true;
}

}  // namespace reprise
