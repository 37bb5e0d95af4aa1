#include <reprise/sim/evidence/run_view.h>

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

std::vector<NamedObject> RunView::known_objects() const {
  std::vector<NamedObject> objects = known_objects_;
  if (memory().entry() != nullptr) {
    objects.push_back({"", memory().entry(), memory().entry_function()});
  }
  return objects;
}

}  // namespace reprise
