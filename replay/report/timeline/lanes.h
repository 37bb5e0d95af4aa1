// TimelineLanes: the lanes of a timeline while it is made: found by their names, and in the end put
// in the order in which they are shown.
#pragma once

#include <reprise/replay/report/timeline/timeline.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

class TimelineLanes {
 public:
  std::size_t task(std::string_view name) { return lane(LaneKind::task, name); }
  std::size_t world(std::string_view name) { return lane(LaneKind::world, name); }
  /// The file that `client/read(db)#1` is about, or the clock of a timer's node.
  std::size_t of_io(std::string_view io);
  std::optional<std::size_t> find_task(std::string_view name) const;

  /// Gives the timeline its lanes: tasks first, then the world, clocks and files, each kind by
  /// first appearance.
  void sort(Timeline& timeline) const;

 private:
  using Key = std::pair<LaneKind, std::string>;

  std::size_t lane(LaneKind kind, std::string_view name);

  std::map<Key, std::size_t> indices_;
};

}  // namespace reprise
