// Task: one line of control of a scenario, on a fiber or as a driven machine. The world's own
// record.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/sim/check.h>
#include <reprise/sim/fiber.h>
#include <reprise/sim/operation.h>
#include <reprise/sim/sim.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace reprise {

class World;

/// Reused from run to run; the names of its I/Os stay while its own name does.
struct Task final : Waiter {
  enum class State : std::uint8_t { unstarted, running, ready, parked, done };

  World* world = nullptr;
  TaskId id = 0;
  NameId name = 0;
  State state = State::unstarted;
  std::function<void()> body;            // of a task on a fiber
  std::function<internal::Step()> step;  // of a driven machine
  Fiber* fiber = nullptr;                // while started and not done

  Operation operation;
  bool in_operation = false;
  AwaitOptions options;           // of the operation under way
  Completion waits_for;           // while ready or parked
  bool ready = false;             // a turn is enabled
  bool spurious = false;          // ... though what it waits for has not finished
  bool asked_spurious = false;    // in this wait
  IOError error = IOError::none;  // why the operation was aborted
  std::uint64_t results = 0;      // digest of all operations' results

  std::vector<NameId> io_names;  // by path index and kind; 0: not made yet

  void completion_finished(const Completion& completion) override;
};

}  // namespace reprise
