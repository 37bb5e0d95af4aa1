// RepeatedStates: whether a run's state has been seen before, turn by turn. The state is that of
// the tasks and of what the scenario has registered: observed, idle and owned objects that describe
// themselves, and Tracked values.
#pragma once

#include <reprise/sim/evidence/run_view.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

class RepeatedStates {
 public:
  explicit RepeatedStates(RunView& run) : run_(run) {}

  void begin();
  /// Whether the scenario has registered objects that describe themselves.
  bool has_state() const;
  /// Progress was made that no registered state shows.
  void news();
  /// Takes note of a store to a Tracked value.
  void stored(const Store& store) { tracked_ += store.after - store.before; }

  /// Called after a turn of `task`. Gives the number of rounds without a new state, where a round
  /// is one turn of each task that could run; 0 if the scenario has registered no state.
  std::uint32_t look(TaskId task);
  /// The number of states that repeat.
  std::size_t size() const { return states_.size(); }

 private:
  std::uint64_t state() const;
  bool all_had_their_turn() const;

  RunView& run_;
  std::uint64_t tracked_ = 0;  // the same whenever all values are the same
  std::vector<std::uint64_t> states_;
  std::vector<bool> had_turn_;  // by task, in this round
  std::uint32_t rounds_ = 0;
};

}  // namespace reprise
