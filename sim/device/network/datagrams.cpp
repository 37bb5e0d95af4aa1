#include <reprise/sim/device/network/datagrams.h>

#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace reprise {

Datagrams::Datagrams(DeviceHost& of_world)
    : Device(of_world, no_node), links_(of_world.own<Links>()) {}

const Datagrams::Bound* Datagrams::bound_at(std::string_view address) const {
  const auto at = std::ranges::find(bound_, address, &Bound::address);
  return at == bound_.end() ? nullptr : &*at;
}

void Datagrams::bind(std::string_view address, Sockets* sockets, std::uint32_t number) {
  std::erase_if(bound_, [&](const Bound& known) { return known.address == address; });
  if (sockets != nullptr) bound_.push_back({std::string(address), sockets, number});
}

void Datagrams::end_of(const Sockets& sockets, bool loses_power) {
  std::erase_if(bound_, [&](const Bound& known) { return known.sockets == &sockets; });
  if (!loses_power) return;
  for (OnWay& on_way : on_way_) {
    if (on_way.from == sockets.node()) on_way.is_lost = true;
  }
}

// Sending.

void Datagrams::send(NodeId from, const Identity& io, Datagram&& datagram) {
  constexpr std::uint32_t fates = 5;
  const std::uint32_t fate = host().decide(io.with(DecisionKind::datagram), fates);
  if (fate == 1) return;
  const auto arrival = [&](std::string_view what) {
    return Identity{host().names().child(io.name, what), io.ordinal(), EventKind::effect};
  };
  const bool is_twice = fate == 2 || fate == 4;
  OnWay again;
  if (is_twice) again = {datagram, from, arrival("again"), host().now(), fate == 4};
  put({std::move(datagram), from, arrival("there"), host().now(), fate == 3});
  if (is_twice) put(std::move(again));
}

Datagrams::Path& Datagrams::path_of(const Datagram& datagram) {
  const auto known = std::ranges::find_if(paths_, [&](const Path& path) {
    return path.from == datagram.from && path.to == datagram.to;
  });
  if (known != paths_.end()) return *known;
  return paths_.emplace_back(Path{datagram.from, datagram.to, {}});
}

void Datagrams::put(OnWay&& on_way) {
  constexpr Duration late = std::chrono::milliseconds(100);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(on_way_.size()));
    on_way_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  on_way_[slot] = std::move(on_way);
  if (on_way_[slot].is_late) return links_.send_late(arrival_of(slot), late);
  Path& path = path_of(on_way_[slot].datagram);
  path.slots.push_back(slot);
  if (path.slots.size() == 1) send_first(path);
}

void Datagrams::send_first(const Path& path) {
  if (path.slots.empty()) return;
  const std::uint32_t slot = path.slots.front();
  links_.send(arrival_of(slot), on_way_[slot].sent);
}

Links::Arrival Datagrams::arrival_of(std::uint32_t slot) {
  const OnWay& on_way = on_way_[slot];
  const Bound* const bound = bound_at(on_way.datagram.to);
  const NodeId to = bound != nullptr ? bound->sockets->node() : no_node;
  return {*this, slot, on_way.arrival, {on_way.from, to}};
}

// Arriving.

void Datagrams::effect(std::uint32_t slot) {
  OnWay arrived = std::move(on_way_[slot]);
  free_.push_back(slot);
  on_way_[slot] = {};
  const Bound* const bound = bound_at(arrived.datagram.to);
  const NodeId to = bound != nullptr ? bound->sockets->node() : no_node;
  const bool is_lost = arrived.is_lost || links_.stops(arrived.arrival, {arrived.from, to});
  if (!arrived.is_late) {
    Path& path = path_of(arrived.datagram);
    path.slots.pop_front();
    send_first(path);
  }
  if (bound == nullptr || is_lost) return;
  corrupt(arrived);
  bound->sockets->put_into(bound->number, std::move(arrived.datagram));
}

void Datagrams::corrupt(OnWay& on_way) {
  std::vector<std::byte>& bytes = on_way.datagram.bytes;
  if (bytes.empty()) return;
  const auto bits = static_cast<std::uint32_t>(8 * bytes.size());
  const std::uint32_t bit = host().decide(on_way.arrival.with(DecisionKind::corrupt), bits + 1);
  if (bit != 0) bytes[(bit - 1) / 8] ^= std::byte{1} << ((bit - 1) % 8);
}

void Datagrams::reset() {
  bound_.clear();
  on_way_.clear();
  free_.clear();
  paths_.clear();
}

}  // namespace reprise
