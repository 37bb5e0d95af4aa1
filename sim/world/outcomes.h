// Outcomes: what a run leaves for schedule-equivalence to compare: the outcome that equivalent
// schedules must agree on and, in a logged run, what each operation answered and where it yielded.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/driving.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/run.h>

#include <vector>

namespace reprise {

class Outcomes {
 public:
  explicit Outcomes(const RunView& run, const RunState& state, const DeviceHost& devices)
      : run_(run), state_(state), devices_(devices) {}

  void begin_run();
  /// The operation of `task` has yielded. For logged runs.
  void yielded(const Task& task);
  /// The operation of `task` has answered. For logged runs.
  void answered(const Task& task, const Step& answer);
  /// Nothing can happen any more. Records the outcome, if this run can be compared; `is_foreign`:
  /// the code under test has asked for time or random bytes elsewhere.
  void look(bool is_foreign);

  std::vector<OutcomePart> take_parts();
  std::vector<OperationOutcome> take_operations();

 private:
  /// Whether it is a run of one operation at a time.
  bool is_alone() const { return state_.is_serial || run_.task_count() == 1; }
  OperationOutcome& outcome_of(const Task& task);

  const RunView& run_;
  const RunState& state_;
  const DeviceHost& devices_;
  std::vector<OutcomePart> parts_;
  std::vector<OperationOutcome> operations_;
};

}  // namespace reprise
