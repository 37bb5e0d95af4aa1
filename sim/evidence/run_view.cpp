#include <reprise/sim/evidence/run_view.h>

#include <reprise/core/completion_group.h>

#include <algorithm>

namespace reprise {

std::string RunView::io_in_words(const Identity& io, NameId said_of) const {
  std::string_view name = names().text(io.name);
  if (said_of != 0 && names().parent(io.name) == said_of) {
    name.remove_prefix(names().text(said_of).size() + 1);
  }
  return std::string(name) + '#' + std::to_string(io.ordinal());
}

std::string RunView::kind_of_io(const Identity& io) const {
  const std::string_view whole = names().text(io.name);
  const std::string_view parent = names().text(names().parent(io.name));
  return without_numbers(parent.empty() ? whole : whole.substr(parent.size() + 1));
}

bool RunView::is_at_rest(TaskId id) const {
  const Completion& waits_for = task(id).waits_for;
  return waits_for && std::ranges::any_of(CompletionGroup::pending(waits_for),
                                          [&](const Completion& completion) {
                                            return parts_.devices.need_not_end(completion);
                                          });
}

std::string_view RunView::mistake_in_wait(TaskId id) const {
  const Completion& waits_for = task(id).waits_for;
  if (!waits_for) return {};
  for (const Completion& completion : CompletionGroup::pending(waits_for)) {
    const std::string_view mistake = parts_.devices.mistake_in(completion);
    if (!mistake.empty()) return mistake;
  }
  return {};
}

std::vector<NamedObject> RunView::known_objects() const {
  std::vector<NamedObject> objects = known_objects_;
  if (memory().entry() != nullptr) {
    objects.push_back({"", memory().entry(), memory().entry_function()});
  }
  return objects;
}

}  // namespace reprise
