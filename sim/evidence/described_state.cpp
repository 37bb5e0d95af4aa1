#include <reprise/sim/evidence/described_state.h>

#include <reprise/sim/evidence/unobserved_scope.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

void DescribedState::take(const Describe& describe, bool with_values) {
  const UnobservedScope unobserved;
  items_.clear();
  if (with_values) {
    Archive archive(items_);
    describe(archive);
    digest_ = archive.digest();
  } else {
    Archive archive;
    describe(archive);
    digest_ = archive.digest();
  }
}

std::vector<std::string> DescribedState::changes(const DescribedState& before,
                                                 const std::string& object) const {
  using Item = Archive::Item;
  const auto named = [&](const Item& item) {
    return '`' + object + (item.name.empty() ? "" : '.' + item.name) + '`';
  };
  const auto same_name = [](const std::vector<Item>& items, std::size_t at, const Item& item) {
    // Mostly at the same place; else a container has grown or shrunk before it.
    if (at < items.size() && items[at].name == item.name)
      return items.begin() + static_cast<std::ptrdiff_t>(at);
    return std::ranges::find(items, item.name, &Item::name);
  };
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    const auto was = same_name(before.items_, i, item);
    if (was == before.items_.end()) {
      lines.push_back(named(item) + " is " + item.value + ", and was not there");
    } else if (was->digest != item.digest) {
      lines.push_back(named(item) + (was->value == item.value
                                         ? " has changed (" + item.value + ')'
                                         : " is " + item.value + ", was " + was->value));
    }
  }
  for (std::size_t i = 0; i < before.items_.size(); ++i) {
    const Item& item = before.items_[i];
    if (same_name(items_, i, item) == items_.end()) {
      lines.push_back(named(item) + " is not there, was " + item.value);
    }
  }
  return lines;
}

}  // namespace reprise
