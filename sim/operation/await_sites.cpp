#include <reprise/sim/operation/await_sites.h>

#include <reprise/core/internal/open.h>

#include <algorithm>

namespace reprise {

std::vector<SiteLocation> ReachedSites::places() const {
  std::vector<SiteLocation> places;
  for (const AwaitSite* const site : sites_) {
    places.push_back({site->file, site->line, site->function, site->expression});
  }
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

}  // namespace reprise
