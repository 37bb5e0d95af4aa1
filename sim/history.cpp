#include <reprise/sim/history.h>

#include <reprise/sim/world/world.h>

namespace reprise::internal {

void History::keep(std::unique_ptr<History> history) {
  World& world = history->world_;
  world.declared().histories.push_back(std::move(history));
}

std::size_t History::called(std::uint64_t part, CodeLocation place) {
  Operation operation;
  operation.task = world_.current_task().id;
  operation.part = part;
  operation.called = ++moments_;
  operation.called_event = world_.stats().events;
  operation.place = place;
  operations_.push_back(operation);
  return operations_.size() - 1;
}

void History::returned(std::size_t operation) {
  operations_[operation].returned = ++moments_;
  operations_[operation].returned_event = world_.stats().events;
}

bool History::was_aborted() const { return world_.current_task().aborted; }

}  // namespace reprise::internal
