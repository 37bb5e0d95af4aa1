// Starvation: the operations of others end, one after the other, and one that waits for them does
// not.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/standstill.h>

#include <cstdint>
#include <string>

namespace reprise {

namespace {

class Starvation final : public Check {
 public:
  explicit Starvation(RunView& run) : run_(run) {}

  void late_entry_yields(TaskId id, const Completion& waits_for) override {
    const Task& task = run_.task(id);
    const std::uint32_t entries = task.operation.entries();
    if (entries < entries_max() || run_.stopped()) return;
    const std::uint64_t others_ended = run_.operations_ended() - task.ended_before;
    if (others_ended < entries_max() || !is_up_to_others(waits_for)) return;
    run_.report(finding_of(
        run_, name(),
        {"starved",
         "an operation has been entered " + std::to_string(entries) +
             " times and has not ended, while others have ended " + std::to_string(others_ended) +
             " operations",
         "who waits has his turn, however many come after him",
         "serve those that wait in the order in which they came; a long operation that is sound is "
         "declared with sim.entries_per_operation_max()"},
        id, waits_for));
  }

 private:
  // An operation that may be long for the one bound may be long for the other.
  std::uint32_t entries_max() const {
    const bool is_raised =
        run_.entries_per_operation_max() > run_.options().entries_per_operation_max;
    return is_raised ? run_.entries_per_operation_max() : run_.options().starved_entries_max;
  }

  /// Whether only others can help it on. An operation that lets others run, or that waits for its
  /// own I/O, may simply have that much to do.
  bool is_up_to_others(const Completion& waits_for) const {
    if (waits_for.is_explicit_yield()) return run_.memory().has_changed_nothing();
    return !waits_for.is_group() && run_.io_of(waits_for).name == 0;
  }

  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_starvation(RunView& run) {
  return make_check<Starvation>(run, check_name::starvation);
}

}  // namespace reprise
