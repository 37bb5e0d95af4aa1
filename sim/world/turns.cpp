#include <reprise/sim/world/turns.h>

#include <reprise/core/assert.h>
#include <reprise/sim/world/event_loop.h>

#include <cstddef>
#include <span>
#include <utility>

namespace reprise {

using internal::Resume;
using internal::Step;

template <bool is_attended>
void Turns::take(Task& task) {
  task.ready = false;
  parts_.run.current = &task;
  if (task.step) {
    turn_of_machine<is_attended>(task);
  } else {
    turn_of_fiber(task);
  }
  parts_.run.current = nullptr;
}

template void Turns::take<true>(Task& task);
template void Turns::take<false>(Task& task);

Fiber& Turns::take_fiber() {
  if (idle_fibers_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>());
    return *fibers_.back();
  }
  Fiber& fiber = *idle_fibers_.back();
  idle_fibers_.pop_back();
  return fiber;
}

void Turns::turn_of_fiber(Task& task) {
  if (task.state == Task::State::unstarted) {
    task.state = Task::State::running;
    task.fiber = &take_fiber();
    task.fiber->start([](void* context) { static_cast<Task*>(context)->body(); }, &task, layout());
  } else {
    task.state = Task::State::running;
    task.fiber->resume();
  }
  if (!task.fiber->idle()) return;
  if (std::exception_ptr failure = task.fiber->take_failure()) {
    parts_.report_exception("task `" + std::string(parts_.names.text(task.name)) + '`',
                            std::move(failure));
  }
  REPRISE_ASSERT(!task.in_operation || parts_.findings.has_error(),
                 "an operation was left by longjmp()");
  give_back(*std::exchange(task.fiber, nullptr));
  task_done(task);
}

template <bool is_attended>
[[gnu::always_inline]] inline void Turns::turn_of_machine(Task& task) {
  OperationDriver& driver = parts_.driver;
  try {
    if (task.state == Task::State::unstarted) {
      driver.begin_operation(task, task.options, task.awaited_at);
    } else if (driver.after_wait(task) != Resume::enter) {
      task_done(task);
      return;
    }
    task.state = Task::State::running;
    driver.begin_entry<is_attended>(task);
    Step step = task.step();
    if (step.answer != Answer::io) {
      driver.end_operation(task, step);
    } else if (driver.begin_wait<is_attended>(task, std::move(step.waits_for)) == Resume::enter) {
      return;  // it waits
    }
  } catch (...) {
    driver.operation_threw(task);
    parts_.report_exception("machine `" + std::string(parts_.names.text(task.name)) + '`',
                            std::current_exception());
  }
  task_done(task);
}

void Turns::task_done(Task& task) {
  task.state = Task::State::done;
  parts_.loop.task_is_done();
}

void Turns::end(Task& task) {
  task.stop_waiting();
  if (task.fiber != nullptr) {
    parts_.run.current = &task;
    task.fiber->unwind();
    give_back(*std::exchange(task.fiber, nullptr));
  }
  parts_.run.current = nullptr;
  task.state = Task::State::done;
  task.release();
}

void Turns::release(Tasks& tasks) {
  for (TaskId id = 0; id < tasks.count(); ++id) end(tasks[id]);
}

void Turns::forget_fibers() {
  for (const std::unique_ptr<Fiber>& fiber : fibers_) fiber->forget();
  fibers_.clear();
}

MemoryBlock Turns::used_part(const Fiber& fiber, std::uintptr_t begin) {
  const std::span<const std::byte> stack = fiber.stack();
  const std::uintptr_t bottom = reinterpret_cast<std::uintptr_t>(stack.data());
  if (begin - bottom >= stack.size()) begin = bottom;
  return {begin, bottom + stack.size() - begin};
}

std::vector<MemoryBlock> Turns::stacks_in_use() const {
  std::vector<MemoryBlock> stacks;
  for (const std::unique_ptr<Fiber>& fiber : fibers_) {
    if (!fiber->idle()) stacks.push_back(used_part(*fiber, 0));
  }
  return stacks;
}

}  // namespace reprise
