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

Rest RunView::rest_of(TaskId id) const {
  if (task(id).is_daemon) return Rest::of_session;
  const Completion& waits_for = task(id).waits_for;
  Rest rest = Rest::none;
  if (!waits_for) return rest;
  for (const Completion& completion : CompletionGroup::pending(waits_for)) {
    rest = std::max(rest, parts_.devices.rest_in(completion));
  }
  return rest;
}

bool RunView::is_same_wait(const Completion& a, const Completion& b) const {
  if (a == b) return true;
  if (!a || !b || a.is_group() != b.is_group()) return false;
  const auto is_same = [&](const Completion& one, const Completion& other) {
    return one == other || parts_.devices.wait_alike(one, other);
  };
  const std::vector<Completion> of_a = CompletionGroup::pending(a);
  return !of_a.empty() && std::ranges::is_permutation(of_a, CompletionGroup::pending(b), is_same);
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
