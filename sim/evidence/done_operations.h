// DoneOperations: which operations of a run have answered Done. CutOff: whether a fault may have
// cut some short. For checks that judge an I/O by the questions asked about it by the end of the
// run.
#pragma once

#include <reprise/sim/evidence/run_view.h>

#include <cstdint>
#include <vector>

namespace reprise {

/// Whether a run has had a fault that may keep an operation from asking its questions, because it
/// answers Err first or is dropped. A missing question is then not a mistake.
class CutOff {
 public:
  void begin_run() { had_one_ = false; }
  void fault_taken(const Identity& what) {
    constexpr DecisionKinds faults = kinds_that(Effect::fails_io | Effect::ends_operation);
    if ((kinds(what.kind()) & faults) != 0) had_one_ = true;
  }
  bool had_one() const { return had_one_; }

 private:
  bool had_one_ = false;
};

class DoneOperations {
 public:
  void begin_run() {
    for (std::vector<bool>& operations : done_) operations.clear();
  }
  void operation_begins(TaskId task) {
    if (done_.size() <= task) done_.resize(task + 1);
    done_[task].push_back(false);
  }
  void entry_ends(TaskId task, Answer answer) {
    if (answer == Answer::done) done_[task].back() = true;
  }
  /// Whether the operation that submitted `io` has answered Done. False if no operation did.
  bool is_done(const SubmittedIO& io) const {
    return io.operation != 0 && done_[io.task][io.operation - 1];
  }

  /// Whether the operation that submitted `io` is under way.
  static bool is_under_way(RunView& run, const SubmittedIO& io) {
    if (io.operation == 0) return false;
    const Task& task = run.task(io.task);
    return task.in_operation && task.operations == io.operation;
  }

 private:
  std::vector<std::vector<bool>> done_;  // by task and operation
};

}  // namespace reprise
