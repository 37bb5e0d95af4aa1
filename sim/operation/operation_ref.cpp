#include <reprise/sim/operation/operation_ref.h>

#include <reprise/sim/operation/task.h>

namespace reprise {

OperationRef operation_ref_of(const Task& task) {
  return {task.id, task.operations, task.operation.entries(), task.operation.last_yield()};
}

}  // namespace reprise
