#include <reprise/replay/report/timeline/lanes.h>

#include <reprise/replay/report/timeline/fact_words.h>

#include <algorithm>
#include <vector>

namespace reprise {

std::size_t TimelineLanes::lane(LaneKind kind, std::string_view name) {
  return indices_.try_emplace({kind, std::string(name)}, indices_.size()).first->second;
}

std::optional<std::size_t> TimelineLanes::find_task(std::string_view name) const {
  const auto found = indices_.find({LaneKind::task, std::string(name)});
  if (found == indices_.end()) return std::nullopt;
  return found->second;
}

std::size_t TimelineLanes::of_io(std::string_view io) {
  const std::size_t opening = io.find('(');
  const std::string name = node_of(io);
  const std::string node = name.empty() ? "" : name + ':';
  if (opening == std::string_view::npos) return lane(LaneKind::clock, node + "clock");
  const std::size_t closing = io.rfind(')');
  std::string path(io.substr(opening + 1, closing - opening - 1));
  if (!path.starts_with(node)) path = node + path;
  return lane(LaneKind::file, path);
}

void TimelineLanes::sort(Timeline& timeline) const {
  std::vector<Key> by_index(indices_.size());
  for (const auto& [key, index] : indices_) by_index[index] = key;
  std::vector<std::size_t> order(by_index.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return by_index[i].first; });
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    timeline.lanes.push_back({by_index[order[i]].first, by_index[order[i]].second});
  }
  for (TimelineEntry& each : timeline.entries) each.lane = place[each.lane];
  for (TimelineWait& each : timeline.waits) each.lane = place[each.lane];
  for (TimelineStore& each : timeline.stores) each.lane = place[each.lane];
  for (TimelineDecision& each : timeline.decisions) each.lane = place[each.lane];
  for (TimelineIo& each : timeline.ios) {
    each.lane = place[each.lane];
    each.task_lane = place[each.task_lane];
  }
}

}  // namespace reprise
