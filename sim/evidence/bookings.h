// Bookings: which operations have taken and given back the resources that the scenario registered
// with Sim::held(). Each change of a count is booked to the operation in whose entry or clean-up it
// happened.
#pragma once

#include <reprise/sim/evidence/run_view.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace reprise {

class Bookings {
 public:
  /// The part of a count that an operation has taken and that was not given back.
  struct Holding {
    OperationRef by;
    std::uint64_t amount = 0;
    std::uint64_t event = 0;  // the event in which it was last taken
    std::optional<OperationEnd> ending;
  };
  /// An operation that had given back everything it took gave back what another operation holds.
  struct Overdraft {
    std::size_t count = 0;  // in Declared::held
    OperationRef by;
    Holding holder;
    /// The count was never above one, and its holder waits for its own I/O.
    bool is_certain = false;
  };

  explicit Bookings(RunView& run) : run_(run) {}

  void begin();
  void operation_begins(TaskId task);
  /// Reads the counts. True if one has changed since the last reading, or is below zero: then
  /// book() or book_outside() must follow.
  bool ask();
  /// Books the changes to no operation, because they happened outside of operations.
  void book_outside();
  /// Books the changes to this operation: they happened in its entry or its clean-up.
  std::optional<Overdraft> book(const OperationRef& operation);
  /// The last entry of `task` waits for `completion`.
  void waits_for(TaskId task, const Completion& completion);
  void operation_over(const OperationRef& operation, const OperationEnd& ending);

  std::uint64_t value(std::size_t count) const { return counts_[count].value; }
  /// The operations that hold parts of this count, the oldest first; parts taken outside of
  /// operations are left out.
  const std::vector<Holding>& holders(std::size_t count) const { return counts_[count].holders; }
  /// Whether `value` is a count below zero, which has wrapped around.
  static bool is_below_zero(std::uint64_t value) { return value > UINT64_MAX / 2; }

 private:
  struct Sums {
    std::uint64_t taken = 0;
    std::uint64_t given = 0;
  };
  struct Count {
    std::uint64_t asked = 0;
    std::uint64_t value = 0;  // as booked
    std::uint64_t value_max = 0;
    std::vector<Holding> holders;
    std::vector<Sums> by_task;  // for its operation under way, or its last
  };

  std::optional<Overdraft> book(const OperationRef* operation);
  void take(Count& count, const OperationRef* operation, std::uint64_t amount);
  std::optional<Overdraft> give_back(Count& count, const OperationRef* operation,
                                     std::uint64_t amount);
  std::optional<Overdraft> overdraft_of(const Count& count, const OperationRef& operation,
                                        const Sums& sums) const;
  bool is_own_io(TaskId task, const Completion& completion) const;
  static Sums& sums_of(Count& count, TaskId task);

  RunView& run_;
  std::vector<Count> counts_;  // as Declared::held
  std::vector<std::uint64_t>
      waited_others_;  // by task: event of its last wait for no I/O of its own
};

}  // namespace reprise
