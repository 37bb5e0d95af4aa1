// How the world gives a task its turn, on a fiber or as a driven machine.
#include <reprise/sim/world/world.h>

#include <exception>
#include <string>
#include <utility>

namespace reprise {

using internal::Resume;
using internal::Step;

void World::take_turn(Task& task) {
  task.ready = false;
  current_ = &task;
  if (task.step) {
    turn_of_machine(task);
  } else {
    turn_of_fiber(task);
  }
  current_ = nullptr;
}

Fiber& World::take_fiber() {
  if (idle_fibers_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>());
    return *fibers_.back();
  }
  Fiber& fiber = *idle_fibers_.back();
  idle_fibers_.pop_back();
  return fiber;
}

void World::turn_of_fiber(Task& task) {
  if (task.state == Task::State::unstarted) {
    task.state = Task::State::running;
    task.fiber = &take_fiber();
    task.fiber->start([](void* context) { static_cast<Task*>(context)->body(); }, &task,
                      options_->stacks);
  } else {
    task.state = Task::State::running;
    task.fiber->resume();
  }
  if (!task.fiber->idle()) return;
  if (std::exception_ptr failure = task.fiber->take_failure()) {
    report_exception("task `" + std::string(names_.text(task.name)) + '`', std::move(failure));
  }
  REPRISE_ASSERT(!task.in_operation || stopped(), "an operation was left by longjmp()");
  idle_fibers_.push_back(std::exchange(task.fiber, nullptr));
  task_done(task);
}

void World::turn_of_machine(Task& task) {
  try {
    if (task.state == Task::State::unstarted) {
      begin_operation(task, task.options, task.awaited_at);
    } else if (after_wait(task) != Resume::enter) {
      task_done(task);
      return;
    }
    task.state = Task::State::running;
    begin_entry(task);
    Step step = task.step();
    if (step.answer != Answer::io) {
      end_operation(task, std::move(step));
    } else if (begin_wait(task, step.waits_for) == Resume::enter) {
      return;  // it waits
    }
  } catch (...) {
    operation_threw(task);
    report_exception("machine `" + std::string(names_.text(task.name)) + '`',
                     std::current_exception());
  }
  task_done(task);
}

void World::task_done(Task& task) {
  task.state = Task::State::done;
  if (serial_ && next_serial_ < task_count_) start_next_serial_task();
}

}  // namespace reprise
