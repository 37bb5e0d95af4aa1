// ResourceHolders: which task holds a resource that the scenario registered with Sim::held(). The
// counts tell: it is the task in whose turn a count rose.
#pragma once

#include <reprise/sim/evidence/run_view.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

class ResourceHolders {
 public:
  explicit ResourceHolders(const RunView& run) : run_(run) {}

  void begin_run();
  /// The task that has its turn has finished what `whom` waits for.
  void woke(TaskId whom);
  /// Called after an event: a turn of `task`, or no turn.
  void look(std::optional<TaskId> task);

  bool holds(TaskId task) const;
  /// "`lock a` since step 5"; empty if it holds nothing.
  std::string in_words(TaskId task) const;

 private:
  struct Holding {
    TaskId task = 0;
    std::uint64_t event = 0;  // the event in which the count rose
    std::uint64_t amount = 0;
    // The task to which it may have been handed on without a change of the count, and the event of
    // that.
    std::optional<TaskId> woken;
    std::uint64_t woken_event = 0;
  };
  struct Count {
    std::uint64_t value = 0;
    std::vector<Holding> holders;  // the oldest first
  };

  static void give_back(Count& count, std::optional<TaskId> task, std::uint64_t amount);

  const RunView& run_;
  std::vector<Count> counts_;    // as Declared::held
  std::optional<TaskId> woken_;  // by the turn under way
};

}  // namespace reprise
