// Tasks: the tasks of a run, by number. They are kept from run to run for their memory and for the
// names that they have made.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/operation/task.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace reprise {

class Tasks {
 public:
  void begin_run() { count_ = 0; }
  /// One more. It is as the last run left it.
  Task& add() {
    if (count_ == all_.size()) {
      all_.push_back(std::make_unique<Task>());
      all_.back()->id = count_;
    }
    return *all_[count_++];
  }

  Task& operator[](TaskId id) const { return *all_[id]; }
  std::uint32_t count() const { return count_; }

 private:
  std::vector<std::unique_ptr<Task>> all_;  // the first count_ are this run's
  std::uint32_t count_ = 0;
};

}  // namespace reprise
