// OperationRef: the operation that a finding is about. CompletionOrigin: the task that made a
// completion.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/operation/operation.h>

#include <cstdint>
#include <optional>

namespace reprise {

namespace internal {
struct Task;
}

/// The world's number of a task in this run, in the order of creation from 0.
using TaskId = std::uint32_t;
/// The number of a node: a computer of the world. 0 is the one without a name.
using NodeId = std::uint32_t;

/// Refers to one operation, under way or over.
struct OperationRef {
  TaskId task = 0;
  std::uint32_t operation = 0;  // of the task's operations, counted from 1
  std::uint32_t entry = 0;      // the last one
  Operation::NamedSite site;    // where it yielded last

  bool same_operation(const OperationRef& other) const {
    return task == other.task && operation == other.operation;
  }
};

/// Refers to the task's operation under way, or to its last one.
OperationRef operation_ref_of(const Task& task);

/// The task in whose turn a completion was made; what Completion::origin() says in a simulated
/// world.
struct CompletionOrigin {
  TaskId task = 0;
  std::uint32_t entry = 0;  // of its operation; 0: between two

  std::uint64_t packed() const { return (std::uint64_t{task} + 1) << 32 | entry; }
  /// Nothing if no task has made it: the scenario before its run, or a callback.
  static std::optional<CompletionOrigin> of(const Completion& completion) {
    return of_packed(completion.origin());
  }
  static std::optional<CompletionOrigin> of_packed(std::uint64_t packed) {
    if (packed == 0) return std::nullopt;
    return CompletionOrigin{static_cast<TaskId>((packed >> 32) - 1),
                            static_cast<std::uint32_t>(packed)};
  }
};

}  // namespace reprise
