
#define XXH_INLINE_ALL
#include <reprise/sim/plan/names.h>

#include <reprise/core/internal/open.h>

#include <xxhash.h>

#include <utility>

namespace reprise {

std::uint64_t hash_of_name(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

Names::Names() {
  texts_.emplace_back();
  nodes_.emplace_back();
  counters_.push_back({hash_of_name(""), 0, 0, 0});
  table_.resize(256);
}

void Names::index(NameId name) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = counters_[name].hash & mask;
  while (table_[at] != 0) at = (at + 1) & mask;
  table_[at] = name;
}

NameId Names::add(NameId parent, std::string text, std::uint64_t hash) {
  const NameId name = size();
  counters_.push_back({hash, parent, 0, 0});
  texts_.push_back(std::move(text));
  nodes_.emplace_back();
  nodes_.back().next_sibling = std::exchange(nodes_[parent].first_child, name);
  if (nodes_.size() * 2 > table_.size()) {
    table_.assign(table_.size() * 2, 0);
    for (NameId known = 1; known < name; ++known) index(known);
  }
  index(name);
  return name;
}

namespace {

// A name's children are looked at one by one up to this many, before the text is looked up: most
// names have few.
constexpr std::uint32_t looked_at_max = 16;

std::string joined(std::string_view parent, std::string_view part) {
  std::string text(parent);
  if (!text.empty()) text += '/';
  text += part;
  return text;
}

}  // namespace

Names::Ordinals Names::ordinals() const {
  Ordinals ordinals;
  for (const Counter& counter : counters_) {
    ordinals.counts.push_back(counter.epoch == epoch_ ? counter.count : 0);
  }
  return ordinals;
}

void Names::go_back_to(const Ordinals& ordinals) {
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    counters_[i].epoch = epoch_;
    counters_[i].count = i < ordinals.counts.size() ? ordinals.counts[i] : 0;
  }
}

NameId Names::find_child(NameId parent, std::string_view part) {
  const NameId name = child_of_text(parent, part);
  recent_children_[place_of(parent, part.data())] = {part.data(), parent, name};
  return name;
}

NameId Names::child_of_text(NameId parent, std::string_view part) {
  std::string text = joined(texts_[parent], part);
  const std::uint64_t hash = hash_of_name(text);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = hash & mask; table_[at] != 0; at = (at + 1) & mask) {
    if (counters_[table_[at]].hash == hash && texts_[table_[at]] == text) return table_[at];
  }
  return add(parent, std::move(text), hash);
}

NameId Names::find_site(NameId parent, const AwaitSite& site) {
  const NameId name = child_of_site(parent, site);
  recent_sites_[place_of(parent, &site)] = {&site, parent, name};
  return name;
}

NameId Names::child_of_site(NameId parent, const AwaitSite& site) {
  std::uint32_t left = looked_at_max;
  for (NameId at = nodes_[parent].first_child; at != 0 && left != 0; --left) {
    if (nodes_[at].site == &site) return at;
    at = nodes_[at].next_sibling;
  }
  std::string part = site.function;
  part += '/';
  part += site.expression;
  const NameId name = child_of_text(parent, part);
  // Another expansion with the same text shares the name, and its ordinals; the first keeps the
  // short cut.
  if (nodes_[name].site == nullptr) nodes_[name].site = &site;
  return name;
}

NameId Names::after(NameId parent, NameId other) {
  std::uint32_t left = looked_at_max;
  for (NameId at = nodes_[parent].first_child; at != 0 && left != 0; --left) {
    if (nodes_[at].other == other && other != 0) return at;
    at = nodes_[at].next_sibling;
  }
  std::string part = "after(";
  part += texts_[other];
  part += ')';
  const NameId name = child_of_text(parent, part);
  nodes_[name].other = other;
  return name;
}

}  // namespace reprise
