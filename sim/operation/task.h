// Task: the record of one thread of control of a scenario, on a fiber or as a driven machine.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/internal/waiter.h>
#include <reprise/sim/driving.h>
#include <reprise/sim/operation/operation.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/operation/run_state.h>
#include <reprise/sim/plan/names.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace reprise {

class Fiber;
class ForeignCode;

namespace internal {

struct Task;

/// Is told that what a task waits for has finished.
class TaskWaker {
 public:
  virtual ~TaskWaker() = default;
  virtual void wake(Task& task) = 0;
};

/// Tasks are reused from run to run; a task that keeps its name keeps the names of its I/Os. What a
/// turn of a bare run reads is in the first two cache lines.
struct alignas(64) Task final : Waiter {
  enum class State : std::uint8_t { unstarted, running, parked, done };

  TaskWaker* waker = nullptr;
  TaskId id = 0;
  NameId name = 0;
  Completion waits_for;  // while parked
  State state = State::unstarted;
  bool in_operation = false;
  bool ready = false;           // a turn is enabled
  bool spurious = false;        // the turn came although `waits_for` has not finished
  bool asked_spurious = false;  // for this wait
  bool plain_wait = false;      // the operation under way is the scenario's own sim.wait()
  bool aborted = false;         // the driver has aborted the operation
  bool uses_rest = false;       // there is something in `operation`, `options` or `body`
  bool is_daemon = false;       // need not end

  std::function<internal::Step()> step;  // of a driven machine
  Fiber* fiber = nullptr;                // while started and not done
  std::vector<NameId> io_names;          // by path index and kind; 0: not made yet

  std::uint64_t results = 0;      // digest of all operations' results
  std::uint32_t operations = 0;   // begun in this run
  IOError error = IOError::none;  // why the last operation failed, or was aborted
  CodeLocation awaited_at;        // where the scenario awaits or drives it; line 0: not known

  // The rest. These four are about the operation under way, in an attended run.
  std::uint64_t ended_before = 0;  // operations of all tasks, when it began
  std::uint32_t spins = 0;         // explicit yields in a row, and nothing came of them
  std::uint32_t spun_in = 0;       // the entry of the last of them
  std::uint64_t spun_at = 0;       // what RunState::deliveries was then
  Operation operation;             // in an attended run
  AwaitOptions options;            // of the operation under way
  std::function<void()> body;      // of a task on a fiber
  NodeId node = 0;                 // that it runs on
  ForeignCode* foreign = nullptr;  // while foreign code of it runs

  /// The name kept at this place; 0 if none is.
  NameId io_name(std::size_t place) const { return place < io_names.size() ? io_names[place] : 0; }
  /// Lets go of everything that is the scenario's.
  void release();
  void completion_finished(const Completion&) override { waker->wake(*this); }
};

}  // namespace internal

/// The name of the task that has its turn; or whose I/O is being delivered, as in a callback; or
/// "main", before the run.
NameId context_name(const internal::RunState& run, Names& names);

}  // namespace reprise
