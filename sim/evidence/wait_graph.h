// WaitGraph: which tasks are stuck, where they wait, for what, and on which tasks that depends, as
// far as known.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/run_view.h>

#include <optional>
#include <string>
#include <vector>

namespace reprise {

class WaitGraph {
 public:
  explicit WaitGraph(const RunView& run);

  /// The tasks that wait and are not done.
  const std::vector<TaskId>& stuck() const { return stuck_; }
  /// "`guest` waits in `enter`, `pass` at `opened` (entry 1), for ..."
  std::string line_of(TaskId task) const { return line_of(task, run_.task(task).waits_for); }
  /// The same for a task whose entry under way has answered `waits_for`; empty if it has not
  /// answered yet.
  std::string line_of(TaskId task, const Completion& waits_for) const;
  /// "`a` -> `b` -> `a`: ...": as many chains as it takes to mention each stuck task.
  std::vector<std::string> chains() const;

 private:
  bool is_stuck(TaskId task) const;
  std::string name_of(TaskId task) const;
  std::string place_of(const Task& task) const;
  /// A lock that some task waits for, and its holder, if it has one.
  struct HeldLock {
    const char* name;
    std::optional<TaskId> holder;
    bool is_phrase = false;  // the name says what it is
  };

  void look_for_locks(TaskId task);
  static std::string words_on(const HeldLock& lock);
  static std::optional<HeldLock> lock_of(const Completion& completion);
  /// "the lock `log lock`, which `porter` holds"; empty if the completion is not from a lock or
  /// wake list of core.
  std::string line_in_words(const Completion& completion, TaskId waiting) const;
  std::string held_in_words(TaskId task) const;
  /// "a completion that `porter` has made (entry 2)"
  std::string made_in_words(const Completion& completion, TaskId waiting) const;
  std::string awaited_in_words(TaskId task, const Completion& waits_for) const;
  /// The task that `task` waits for; `task` itself if that is not known.
  TaskId finisher(TaskId task) const;

  const RunView& run_;
  std::vector<TaskId> stuck_;
  std::vector<HeldLock> locks_;  // those that some task waits for
};

}  // namespace reprise
