// RepeatedStates: turn after turn, whether the tasks and what the scenario has registered
// (observed, idle and owned objects that describe themselves, Tracked values) are as they were
// before.
#pragma once

#include <reprise/sim/check/check.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

class RepeatedStates {
 public:
  explicit RepeatedStates(World& world) : world_(world) {}

  void begin();
  /// Something has happened that no state tells of.
  void news();
  /// A Tracked value has changed.
  void stored(const Store& store) { tracked_ += store.after - store.before; }

  /// A turn of `task` is over. Gives the number of rounds in which each task that could run has run
  /// and no new state has come; 0 where the scenario has registered none.
  std::uint32_t look(TaskId task);
  /// How many states come back.
  std::size_t size() const { return states_.size(); }

 private:
  bool has_state() const;
  std::uint64_t state() const;
  bool all_had_their_turn() const;

  World& world_;
  std::uint64_t tracked_ = 0;  // the same for the same values, whatever has changed meanwhile
  std::vector<std::uint64_t> states_;
  std::vector<bool> had_turn_;  // by task, in this round
  std::uint32_t rounds_ = 0;
};

}  // namespace reprise
