#include <reprise/sim/operation/operation_ref.h>

#include <reprise/sim/world/world.h>

#include <string_view>

namespace reprise {

namespace {

std::string awaited_in_words(World& world, const Completion& awaited) {
  if (awaited.is_explicit_yield()) return "its next turn";
  const Identity io = world.device().identity_of(awaited);
  if (io.name != 0) return world.io_in_words(io);
  return awaited.is_group() ? "a group of completions" : "a completion of no device of ours";
}

}  // namespace

Whereabouts whereabouts_of(const Task& task) {
  return {task.id, task.operations, task.operation.entries(), task.operation.last_yield()};
}

std::string operation_in_words(World& world, const Whereabouts& whereabouts) {
  return "operation " + std::to_string(whereabouts.operation) + " of task `" +
         std::string(world.names().text(world.task(whereabouts.task).name)) + '`';
}

std::string entries_in_words(const Whereabouts& whereabouts) {
  return std::to_string(whereabouts.entry) + (whereabouts.entry == 1 ? " entry" : " entries");
}

std::string site_in_words(World& world, const Whereabouts& whereabouts) {
  const AwaitSite* const site = whereabouts.site.site;
  if (site == nullptr) return "";
  std::string words = std::string(" at `") + site->expression + "`, in `" + site->function + '`';
  // The names of the sites around it, between the task's name and its own.
  const std::string_view all = world.names().text(whereabouts.site.name);
  const std::size_t before = world.names().text(world.task(whereabouts.task).name).size() + 1;
  const std::string own = std::string(site->function) + '/' + site->expression;
  const std::size_t end = all.rfind(own);
  if (end != std::string_view::npos && end > before) {
    words += " (through " + std::string(all.substr(before, end - before - 1)) + ')';
  }
  return words;
}

std::string yield_in_words(World& world, const Whereabouts& whereabouts) {
  return "in entry " + std::to_string(whereabouts.entry) + ", which yielded" +
         site_in_words(world, whereabouts) + ", and waits for " +
         awaited_in_words(world, world.task(whereabouts.task).waits_for);
}

void show_place(Finding& finding, const Whereabouts& whereabouts, const std::string& note) {
  const AwaitSite* const site = whereabouts.site.site;
  if (site != nullptr) finding.places.push_back({site->file, site->line, note, 0, site->function});
}

void show_await(World& world, Finding& finding, const Whereabouts& whereabouts) {
  const Task& task = world.task(whereabouts.task);
  if (task.operations != whereabouts.operation || task.awaited_at.line == 0) return;
  finding.places.push_back(
      {task.awaited_at.file, task.awaited_at.line, "the operation is awaited here"});
}

}  // namespace reprise
