#include <reprise/core/back_end/loop.h>

#include <reprise/core/assert.h>
#include <reprise/core/back_end/stop_signals.h>
#include <reprise/core/internal/open.h>

#include <utility>

namespace reprise {

void LoopTask::completion_finished(const Completion&) { loop_.make_ready(*this); }

Loop::Loop(BackEnd& back_end) : back_end_(back_end) {}

Loop::~Loop() = default;

void Loop::add(std::unique_ptr<LoopTask> task) {
  task->index_ = tasks_.size();
  tasks_.push_back(std::move(task));
  make_ready(*tasks_.back());
}

void Loop::make_ready(LoopTask& task) {
  task.next_ready_ = nullptr;
  (last_ready_ != nullptr ? last_ready_->next_ready_ : first_ready_) = &task;
  last_ready_ = &task;
}

Loop::End Loop::run() {
  while (step()) {
  }
  return end_;
}

bool Loop::step() {
  // Those that become ready meanwhile have their turn after the back end's.
  const LoopTask* const last = last_ready_;
  while (first_ready_ != nullptr && !stops_) {
    LoopTask& task = *first_ready_;
    first_ready_ = task.next_ready_;
    if (first_ready_ == nullptr) last_ready_ = nullptr;
    const bool is_last = &task == last;
    enter(task);
    if (is_last) break;
  }
  if (std::exchange(stops_, false)) {
    end_ = End::stopped;
    return false;
  }
  if (std::exchange(await_has_ended_, false)) return true;
  if (first_ready_ != nullptr) {
    back_end_.turn(BackEnd::Wait::no);
    return true;
  }
  if (back_end_.in_flight() == 0) {
    end_ = tasks_.empty() ? End::done : End::stuck;
    return false;
  }
  back_end_.turn(BackEnd::Wait::until_event);
  return true;
}

void Loop::enter(LoopTask& task) {
  const Completion waits_for = task.enter();
  if (!waits_for) return remove(task);
  if (waits_for.is_explicit_yield() || !waits_for.add_waiter(task)) make_ready(task);
}

void Loop::remove(LoopTask& task) {
  const std::size_t index = task.index_;
  std::swap(tasks_[index], tasks_.back());
  tasks_[index]->index_ = index;
  const std::unique_ptr<LoopTask> removed = std::move(tasks_.back());
  tasks_.pop_back();
}

void Loop::abandon(LoopTask& task) {
  LoopTask* previous = nullptr;
  for (LoopTask* ready = first_ready_; ready != nullptr; ready = ready->next_ready_) {
    if (ready == &task) {
      (previous != nullptr ? previous->next_ready_ : first_ready_) = task.next_ready_;
      if (last_ready_ == &task) last_ready_ = previous;
      break;
    }
    previous = ready;
  }
  remove(task);
}

IOError Loop::stop_on(std::initializer_list<int> signals) {
  REPRISE_ASSERT(signals_ == nullptr, "a loop has one set of signals that stop it");
  signals_ = std::make_unique<StopSignals>(*this, back_end_);
  return signals_->begin(signals);
}

}  // namespace reprise
