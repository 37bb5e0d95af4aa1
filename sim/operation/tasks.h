// Tasks: the tasks of a run, by number. They are kept from run to run for their memory and for the
// names that they have made.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/internal/pages.h>
#include <reprise/core/internal/prefetch.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/operation/task.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;

  void begin_run() { count_ = 0; }
  /// One more. It is as the last run left it.
  Task& add() {
    if (count_ == chunks_.size() * chunk_size) grow();
    Task& task = (*this)[count_];
    task.id = count_++;
    return task;
  }

  /// Forgets those made since there were `count`, which have ended.
  void go_back_to(std::uint32_t count) { count_ = count; }

  Task& operator[](TaskId id) const { return chunks_[id / chunk_size][id % chunk_size]; }
  std::uint32_t count() const { return count_; }
  /// Begins to load what a turn reads first.
  void prefetch(TaskId id) const {
    const Task& task = (*this)[id];
    internal::prefetch(&task);
    internal::prefetch(&task.step);
  }

 private:
  static constexpr std::uint32_t chunk_size = 64;

  /// As many tasks more as there are; they lie side by side, and do not move.
  void grow() {
    auto& block = blocks_.emplace_back(std::max<std::size_t>(chunks_.size(), 1) * chunk_size);
    for (std::size_t at = 0; at < block.size(); at += chunk_size) chunks_.push_back(&block[at]);
  }

  std::vector<std::vector<Task, PageAllocator<Task>>> blocks_;
  std::vector<Task*> chunks_;  // of blocks_: each has chunk_size tasks
  std::uint32_t count_ = 0;    // of this run
};

}  // namespace reprise
