#include <reprise/sim/evidence/operation_words.h>

#include <string_view>

namespace reprise {

namespace {

std::string awaited_in_words(const RunView& run, const Completion& awaited) {
  if (awaited.is_explicit_yield()) return "its next turn";
  const Identity io = run.io_of(awaited);
  if (io.name != 0) return run.io_in_words(io);
  return awaited.is_group() ? "a group of completions" : "a completion of no device of ours";
}

}  // namespace

std::string operation_in_words(const RunView& run, const OperationRef& operation_ref) {
  return "operation " + std::to_string(operation_ref.operation) + " of task `" +
         std::string(run.names().text(run.task(operation_ref.task).name)) + '`';
}

std::string entries_in_words(const OperationRef& operation_ref) {
  return std::to_string(operation_ref.entry) + (operation_ref.entry == 1 ? " entry" : " entries");
}

std::string site_in_words(const RunView& run, const OperationRef& operation_ref) {
  const AwaitSite* const site = operation_ref.site.site;
  if (site == nullptr) return "";
  std::string words = std::string(" at `") + site->expression + "`, in `" + site->function + '`';
  // The names of the sites around it, between the task's name and its own.
  const std::string_view all = run.names().text(operation_ref.site.name);
  const std::size_t before = run.names().text(run.task(operation_ref.task).name).size() + 1;
  const std::string own = std::string(site->function) + '/' + site->expression;
  const std::size_t end = all.rfind(own);
  if (end != std::string_view::npos && end > before) {
    words += " (through " + std::string(all.substr(before, end - before - 1)) + ')';
  }
  return words;
}

std::string yield_in_words(const RunView& run, const OperationRef& operation_ref) {
  return "in entry " + std::to_string(operation_ref.entry) + ", which yielded" +
         site_in_words(run, operation_ref) + ", and waits for " +
         awaited_in_words(run, run.task(operation_ref.task).waits_for);
}

void show_place(Finding& finding, const OperationRef& operation_ref, const std::string& note) {
  const AwaitSite* const site = operation_ref.site.site;
  if (site != nullptr) finding.places.push_back({site->file, site->line, note, 0, site->function});
}

void show_await(const RunView& run, Finding& finding, const OperationRef& operation_ref) {
  const Task& task = run.task(operation_ref.task);
  if (task.operations != operation_ref.operation || task.awaited_at.line == 0) return;
  finding.places.push_back(
      {task.awaited_at.file, task.awaited_at.line, "the operation is awaited here"});
}

}  // namespace reprise
