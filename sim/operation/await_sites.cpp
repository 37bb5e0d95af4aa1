#include <reprise/sim/operation/await_sites.h>

#include <reprise/core/digest.h>
#include <reprise/core/internal/open.h>

#include <algorithm>
#include <cstdint>

namespace reprise {

void ReachedSites::add(const AwaitSite& site) {
  if (2 * (count_ + 1) > table_.size()) grow();
  std::size_t at = mix(0, reinterpret_cast<std::uintptr_t>(&site)) & (table_.size() - 1);
  while (table_[at] != nullptr) {
    if (table_[at] == &site) return;
    at = (at + 1) & (table_.size() - 1);
  }
  table_[at] = &site;
  ++count_;
}

void ReachedSites::grow() {
  constexpr std::size_t first_size = 64;
  std::vector<const AwaitSite*> before(std::max(first_size, 2 * table_.size()));
  before.swap(table_);
  count_ = 0;
  for (const AwaitSite* const site : before) {
    if (site != nullptr) add(*site);
  }
}

std::vector<SitePlace> ReachedSites::places() const {
  std::vector<SitePlace> places;
  for (const AwaitSite* const site : table_) {
    if (site == nullptr) continue;
    places.push_back({site->file, site->line, site->function, site->expression});
  }
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

}  // namespace reprise
