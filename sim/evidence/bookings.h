// Bookings: which operation has taken what the scenario has registered with Sim::held(), and which
// has given it back: each change of a count is booked to the operation in whose entry, or in the
// clean-up behind which, it happened.
#pragma once

#include <reprise/sim/check/check.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace reprise {

class Bookings {
 public:
  /// What an operation has taken of a count and nobody has given back.
  struct Holding {
    OperationRef by;
    std::uint64_t amount = 0;
    std::uint64_t event = 0;  // in which it was taken last
    std::optional<OperationEnd> ending;
  };
  /// An operation that had given back all that it took gave back what another holds.
  struct Overdraft {
    std::size_t count = 0;  // in Declared::held
    OperationRef by;
    Holding holder;
    /// Never more than one was held, and who holds it is in the middle of its own I/O.
    bool is_certain = false;
  };

  explicit Bookings(World& world) : world_(world) {}

  void begin();
  void operation_begins(TaskId task);
  /// Asks for the counts. True if one has changed since the last time, or is below zero: then
  /// somebody is to be named.
  bool ask();
  /// Something else has run since the last look: what has changed is booked to no operation.
  void book_outside();
  /// The same, in an entry of this operation or in its clean-up.
  std::optional<Overdraft> book(const OperationRef& operation);
  /// The entry that is over waits for this.
  void waits_for(TaskId task, const Completion& completion);
  void operation_over(const OperationRef& operation, const OperationEnd& ending);

  std::uint64_t value(std::size_t count) const { return counts_[count].value; }
  /// The operations that hold it, as far as it was taken in one; the oldest first.
  const std::vector<Holding>& holdings(std::size_t count) const { return counts_[count].holdings; }
  /// A count below zero, as an unsigned number shows it.
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
    std::vector<Holding> holdings;
    std::vector<Sums> by_task;  // of the operation under way, or of the last
  };

  std::optional<Overdraft> book(const OperationRef* operation);
  void take(Count& count, const OperationRef* operation, std::uint64_t amount);
  std::optional<Overdraft> give_back(Count& count, const OperationRef* operation,
                                     std::uint64_t amount);
  std::optional<Overdraft> overdraft_of(const Count& count, const OperationRef& operation,
                                        const Sums& sums) const;
  bool is_own_io(TaskId task, const Completion& completion) const;
  static Sums& sums_of(Count& count, TaskId task);

  World& world_;
  std::vector<Count> counts_;  // as Declared::held
  std::vector<std::uint64_t>
      waited_others_;  // by task: event of its last wait for no I/O of its own
};

}  // namespace reprise
