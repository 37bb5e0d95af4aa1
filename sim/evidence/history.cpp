#include <reprise/sim/evidence/history.h>

#include <reprise/sim/evidence/run_view.h>

namespace reprise::internal {

void History::keep(std::unique_ptr<History> history) {
  const RunView& run = history->run_;
  run.declared().histories.push_back(std::move(history));
}

std::size_t History::called(std::uint64_t part, CodeLocation place) {
  Operation operation;
  operation.task = run_.current_task().id;
  operation.part = part;
  operation.called = ++moments_;
  operation.called_event = run_.stats().events;
  operation.place = place;
  operations_.push_back(operation);
  return operations_.size() - 1;
}

void History::returned(std::size_t operation) {
  operations_[operation].returned = ++moments_;
  operations_[operation].returned_event = run_.stats().events;
}

bool History::was_aborted() const { return run_.current_task().aborted; }

}  // namespace reprise::internal
