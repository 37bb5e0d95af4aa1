#include <reprise/sim/device/network/network.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>

#include <algorithm>
#include <utility>

namespace reprise {

Network::Network(DeviceHost& of_world) : Device(of_world, no_node), links_(of_world.own<Links>()) {
  links_.on_heal([this] { send_held(); });
}

// Connections.

EndRef Network::connect(Sockets& from, NameId name, std::string_view address, IOError refusal) {
  const auto number = static_cast<std::uint32_t>(connections_.size());
  REPRISE_ASSERT(number < slots_max / 2, "a run has fewer connections");
  Connection& made = connections_.emplace_back();
  made.name = name;
  made.address = address;
  made.ends[0].sockets = &from;
  constexpr std::array<const char*, 2> ways = {"there", "back"};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    made.wires[i].name = host().names().child(name, ways[i]);
    made.wires[i].capacity = capacity;
  }
  const EndRef end{number, 0};
  if (refusal != IOError::none) {
    made.ends[0].lost = refusal;
    return end;
  }
  outward(end).is_connecting = true;
  send_on(end);
  return end;
}

const Network::Listening* Network::listener_at(std::string_view address) const {
  const auto at = std::ranges::find(listening_, address, &Listening::address);
  return at == listening_.end() ? nullptr : &*at;
}

void Network::set_listener(std::string_view address, Sockets* sockets, std::uint32_t listener) {
  std::erase_if(listening_, [&](const Listening& known) { return known.address == address; });
  if (sockets != nullptr) listening_.push_back({std::string(address), sockets, listener});
}

NodeId Network::node_of(EndRef ref) const {
  const End& end = connections_[ref.connection].ends[ref.end];
  return end.sockets != nullptr ? end.sockets->node() : no_node;
}

NodeId Network::node_of_receiver(EndRef from) const {
  const NodeId known = node_of(from.other());
  if (known != no_node || from.end != 0) return known;
  const Listening* const listening = listener_at(connections_[from.connection].address);
  return listening != nullptr ? listening->sockets->node() : no_node;
}

void Network::look(EndRef ref) {
  if (Sockets* const sockets = end(ref).sockets) sockets->look(ref);
}

void Network::send_on(EndRef from) {
  outward(from).sent = host().now();
  let_arrive(from);
}

void Network::let_arrive(EndRef from) {
  Wire& wire = outward(from);
  if (wire.is_enabled || !wire.has_more()) return;
  wire.is_enabled = true;
  const Identity arrival{wire.name, host().names().next_ordinal(wire.name), EventKind::effect};
  const std::uint32_t slot = 2 * from.connection + from.end;
  const bool is_at_once = links_.send({*this, slot, arrival, way_from(from)}, wire.sent);
  // What is sent while this is on its way comes with it only if it comes at once.
  wire.arriving_max = is_at_once ? SIZE_MAX : wire.on_way();
}

void Network::close(EndRef ref) {
  End& closing = end(ref);
  if (std::exchange(closing.is_closed, true)) return;
  Wire& wire = outward(ref);
  const bool is_clean = inward(ref).arrived() == 0 && closing.lost == IOError::none;
  if (wire.sent_end != Wire::End::reset) {
    wire.sent_end = is_clean ? Wire::End::end_of_stream : Wire::End::reset;
  }
  inward(ref).throw_away_arrived();
  send_on(ref);
  look(ref);
}

void Network::lose(EndRef ref, IOError why) {
  End& losing = end(ref);
  if (losing.lost != IOError::none) return;
  losing.lost = why;
  Wire& wire = outward(ref);
  wire.throw_away_on_way();
  // Its last bytes may be gone, so no orderly end comes behind them.
  if (wire.sent_end != wire.arrived_end) wire.sent_end = Wire::End::reset;
  inward(ref).throw_away_arrived();
  look(ref);
}

void Network::end_of(const Sockets& sockets, bool tells) {
  std::erase_if(listening_, [&](const Listening& known) { return known.sockets == &sockets; });
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    for (const std::uint32_t number : {0u, 1u}) {
      const EndRef ref{i, number};
      if (end(ref).sockets != &sockets || end(ref).is_closed) continue;
      if (tells) {
        close(ref);
      } else {
        end(ref).is_closed = true;
        outward(ref).throw_away_on_way();
        outward(ref).sent_end = outward(ref).arrived_end;  // nor does an end come after a shutdown
        inward(ref).throw_away_arrived();
      }
    }
  }
}

// Arrivals.

void Network::effect(std::uint32_t slot) {
  const EndRef from{slot / 2, slot % 2};
  Wire& wire = outward(from);
  wire.is_enabled = false;
  const Identity arrival = host().run().happening.identity;
  if (links_.stops(arrival, way_from(from))) return;
  if (wire.is_connecting) {
    arrive_connecting(from);
  } else if (!decide_reset(arrival, from)) {
    if (wire.arriving() != 0) {
      arrive_bytes(arrival, from);
    } else {
      arrive_end(from);
    }
  }
  let_arrive(from);
}

bool Network::decide_reset(const Identity& arrival, EndRef from) {
  constexpr std::uint32_t ways = 4;
  const std::uint32_t how = host().decide(arrival.with(DecisionKind::reset), ways);
  if (how == 0) return false;
  if (how != 2) lose(from, IOError::connection_reset);
  if (how != 3) lose(from.other(), IOError::connection_reset);
  outward(from).throw_away_on_way();
  look(from);  // it may have waited for room; what it sends now is answered
  return true;
}

void Network::arrive_connecting(EndRef from) {
  outward(from).is_connecting = false;
  const Listening* const listening = listener_at(connections_[from.connection].address);
  if (listening == nullptr) {
    lose(from, IOError::connection_refused);
    return;
  }
  end(from.other()).sockets = listening->sockets;
  end(from).is_made = end(from.other()).is_made = true;
  listening->sockets->add_to_backlog(listening->listener, from.other());
  look(from);
}

void Network::arrive_bytes(const Identity& arrival, EndRef from) {
  Wire& wire = outward(from);
  const auto arriving = static_cast<std::uint32_t>(wire.arriving());
  const std::uint32_t part =
      arriving > 1 ? host().decide(arrival.with(DecisionKind::segment), arriving) : 0;
  const std::uint32_t count = part == 0 ? arriving : part;
  const std::uint32_t bit = host().decide(arrival.with(DecisionKind::corrupt), 8 * count + 1);
  if (bit != 0) wire.flip(bit - 1);
  wire.arrive(count);
  const End& receiver = end(from.other());
  if (receiver.is_closed || receiver.lost != IOError::none) {
    // Whoever sends to an end that is gone is told so; but a computer that is off tells nothing.
    wire.throw_away_arrived();
    const bool answers = receiver.sockets == nullptr || !receiver.sockets->is_off();
    if (answers) lose(from, IOError::connection_reset);
    return;
  }
  look(from.other());
}

void Network::arrive_end(EndRef from) {
  Wire& wire = outward(from);
  wire.arrived_end = wire.sent_end;
  if (wire.arrived_end == Wire::End::reset) {
    lose(from.other(), IOError::connection_reset);
  } else {
    look(from.other());
  }
}

void Network::send_held() {
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    for (const std::uint32_t end : {0u, 1u}) let_arrive({i, end});
  }
}

// A run.

void Network::reset() {
  connections_.clear();
  listening_.clear();
  capacity = default_capacity;
}

}  // namespace reprise
