// The partitions that Links decides: which links are cut, and for how long.
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/links.h>
#include <reprise/sim/plan/link_times.h>

#include <chrono>
#include <string>

namespace reprise {

Duration Links::decide_time(const Identity& of) {
  constexpr auto values = static_cast<std::uint32_t>(cut_times_ms.size());
  return cut_time_of(host().decide(of.with(DecisionKind::cut_time), values));
}

bool Links::decides_cut(const Identity& arrival, Way way) {
  constexpr std::uint32_t values = 9;
  if (!host().may(DecisionKind::partition) || host().now() < whole_until_) return false;
  const std::uint32_t how = host().decide(arrival.with(DecisionKind::partition), values);
  if (how == 0) return false;
  if (how == 6 || how == 7) {
    cut_sides(arrival, way, how == 6);
  } else if (how == 8) {
    cut_one_after_another(arrival, way);
  } else {
    const Duration time = decide_time(arrival);
    if (how == 1 || how == 2) cut(way, time);
    if (how == 2) cut({way.to, way.from}, time);
    if (how == 3) cut({way.to, no_node}, time);
    if (how == 3 || how == 4) cut({no_node, way.to}, time);
    if (how == 5) cut({way.from, no_node}, time);
  }
  return is_cut(way);
}

Links::Sides Links::decide_sides(const Identity& arrival, Way way) {
  Sides sides;
  for (const Node& node : nodes_) {
    bool is_far = node.id == way.to;
    if (!is_far && node.id != way.from) {
      const std::string of(host().names().text(node.name));
      const NameId name = host().names().child(arrival.name, "side(" + of + ')');
      is_far = host().decide({name, arrival.ordinal(), DecisionKind::side}, 2) != 0;
    }
    (is_far ? sides.far : sides.near).push_back(node.id);
  }
  return sides;
}

void Links::cut_sides(const Identity& arrival, Way way, bool is_both_ways) {
  const Duration time = decide_time(arrival);
  const Sides sides = decide_sides(arrival, way);
  for (const NodeId near : sides.near) {
    for (const NodeId far : sides.far) {
      cut({near, far}, time);
      if (is_both_ways) cut({far, near}, time);
    }
  }
}

// Known as "swizzle-clogging" (FoundationDB): nodes lose the network one by one and get it back in
// another order.
void Links::cut_one_after_another(const Identity& arrival, Way way) {
  constexpr Duration apart = std::chrono::milliseconds(100);
  Duration wait{};
  for (const NodeId node : decide_sides(arrival, way).far) {
    const std::string of(host().names().text(name_of(node)));
    const NameId name = host().names().child(arrival.name, "clog(" + of + ')');
    const Duration time = decide_time({name, arrival.ordinal(), DecisionKind::cut_time});
    for (const Way cut : {Way{no_node, node}, Way{node, no_node}}) {
      cut_later(cut, wait, time);
    }
    wait += apart;
  }
}

}  // namespace reprise
