#include <reprise/sim/operation/task.h>

namespace reprise {

void Task::release() {
  operation.end();
  body = nullptr;
  step = nullptr;
  options = {};
  waits_for = {};
  in_operation = false;
}

NameId context_name(const RunState& run, Names& names) {
  if (run.current != nullptr) return run.current->name;
  return run.happening.none() ? names.child(0, "main") : names.parent(run.happening.identity.name);
}

}  // namespace reprise
