#include <reprise/sim/operation/task.h>

#include <utility>

namespace reprise {

void Task::release() {
  step = nullptr;
  waits_for = {};
  foreign = nullptr;
  in_operation = false;
  if (!std::exchange(uses_rest, false)) return;
  operation.end();
  body = nullptr;
  options = {};
}

NameId context_name(const RunState& run, Names& names) {
  if (run.current != nullptr) return run.current->name;
  return run.happening.none() ? names.child(0, "main") : names.parent(run.happening.identity.name);
}

}  // namespace reprise
