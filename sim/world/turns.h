// Turns: gives a task its turn, on a fiber or as a driven machine.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/operation/tasks.h>
#include <reprise/sim/store_watch/live_blocks.h>
#include <reprise/sim/world/fiber.h>
#include <reprise/sim/world/operation_driver.h>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reprise {

class Turns {
 public:
  struct Parts {
    RunState& run;
    Names& names;
    const Findings& findings;
    EventLoop& loop;
    OperationDriver& driver;
    /// Reports that something threw; `where` is a sentence's subject.
    std::function<void(const std::string& where, std::exception_ptr failure)> report_exception;
  };
  explicit Turns(Parts parts) : parts_(std::move(parts)) {}

  template <bool is_attended>
  void take(Task& task);
  /// Ends a task wherever it is; its fiber's body is unwound.
  void end(Task& task);
  /// Ends the turn of all fibers of `tasks`, whose bodies are unwound.
  void release(Tasks& tasks);
  /// A fiber without a body. It must be given back idle.
  Fiber& take_fiber();
  void give_back(Fiber& fiber) { idle_fibers_.push_back(&fiber); }
  const StackLayout& layout() const { return parts_.run.options->stacks; }
  /// Forgets all fibers, as they are.
  void forget_fibers();
  /// The used parts of the stacks of fibers.
  std::vector<MemoryBlock> stacks_in_use() const;
  static MemoryBlock used_part(const Fiber& fiber, std::uintptr_t begin);

 private:
  void turn_of_fiber(Task& task);
  template <bool is_attended>
  void turn_of_machine(Task& task);
  void task_done(Task& task);

  Parts parts_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_fibers_;
};

}  // namespace reprise
