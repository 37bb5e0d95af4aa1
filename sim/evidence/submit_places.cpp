#include <reprise/sim/evidence/submit_places.h>

#include <reprise/sim/store_watch/call_stack.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace reprise {

void SubmitPlaces::keep(const Identity& io, DebugInfo& debug_info) {
  constexpr std::size_t kept_max = 10'000;
  if (lines_.size() == kept_max) return;
  std::vector<ShownLocation> places = own_places_now(debug_info, {});
  if (!places.empty()) lines_.emplace(std::pair(io.name, io.ordinal()), std::move(places.front()));
}

bool SubmitPlaces::add(Finding& finding, const Identity& io, std::string note) const {
  const auto line = lines_.find({io.name, io.ordinal()});
  if (line == lines_.end()) return false;
  finding.places.push_back(line->second);
  finding.places.back().note = std::move(note);
  return true;
}

bool SubmitPlaces::add(Finding& finding, const Identity& first, const Identity& second,
                       Notes notes) const {
  const auto one = lines_.find({first.name, first.ordinal()});
  const auto other = lines_.find({second.name, second.ordinal()});
  if (one == lines_.end() || other == lines_.end()) return false;
  const ShownLocation& at = one->second;
  if (at.line == other->second.line && at.file == other->second.file) {
    return add(finding, first, std::move(notes.both));
  }
  add(finding, first, std::move(notes.first));
  return add(finding, second, std::move(notes.second));
}

}  // namespace reprise
