#include <reprise/sim/world/leave_entry.h>

#include <reprise/sim/operation/task.h>
#include <reprise/sim/world/fiber.h>

namespace reprise {

namespace {
/// Thrown through an entry that is left for good, where no fiber can be left behind.
struct EntryLeft {};
}  // namespace

void leave_entry(RunState& run) {
  const Task* const task = run.current;
  if (task == nullptr || !task->operation.in_entry()) return;
  run.leaves_entry = false;
  if (task->fiber == nullptr) throw EntryLeft();  // tidy-ok: nothing else gets out of it
  task->fiber->suspend();
}

}  // namespace reprise
