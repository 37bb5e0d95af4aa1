#include <reprise/sim/device/network/network.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace reprise {

namespace {

constexpr Duration time_cut = std::chrono::seconds(1);

}  // namespace

// Connections.

EndRef Network::connect(Sockets& from, NameId name, std::string_view address, IOError refusal) {
  const auto number = static_cast<std::uint32_t>(connections_.size());
  REPRISE_ASSERT(number < first_cut / 2, "a run has fewer connections");
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
  Wire& wire = outward(from);
  if (wire.is_enabled || !wire.has_more()) return;
  wire.is_enabled = true;
  host().enable({{wire.name, host().names().next_ordinal(wire.name), EventKind::effect},
                 Rank::device,
                 world_slot(2 * from.connection + from.end)});
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
  const NodeId sender = node_of(from);
  const NodeId receiver = node_of_receiver(from);
  if (is_cut(sender, receiver) || decide_cut(arrival, sender, receiver)) return;
  if (wire.is_connecting) {
    arrive_connecting(from);
  } else if (!decide_reset(arrival, from)) {
    if (wire.on_way() != 0) {
      arrive_bytes(arrival, from);
    } else {
      arrive_end(from);
    }
  }
  send_on(from);
}

bool Network::decide_cut(const Identity& arrival, NodeId from, NodeId to) {
  if (from == to || from == no_node || to == no_node) return false;
  constexpr std::uint32_t ways = 5;
  const std::uint32_t how = host().decide(arrival.with(DecisionKind::partition), ways);
  switch (how) {
    case 0: return false;
    case 1: cut(from, to, time_cut); break;
    case 2:
      cut(from, to, time_cut);
      cut(to, from, time_cut);
      break;
    case 3: cut(to, no_node, time_cut); [[fallthrough]];
    default: cut(no_node, to, time_cut); break;
  }
  return true;
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
  const auto on_way = static_cast<std::uint32_t>(wire.on_way());
  const std::uint32_t part =
      on_way > 1 ? host().decide(arrival.with(DecisionKind::segment), on_way) : 0;
  wire.arrive(part == 0 ? on_way : part);
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

// Links.

bool Network::is_cut(NodeId from, NodeId to) const {
  if (from == to) return false;
  const auto covers = [](NodeId cut, NodeId node) { return cut == no_node || cut == node; };
  return std::ranges::any_of(cuts_, [&](const Cut& cut) {
    return !cut.is_over && covers(cut.from, from) && covers(cut.to, to);
  });
}

void Network::cut(NodeId from, NodeId to, std::optional<Duration> time) {
  const NameId name = host().names().child(0, "link");
  Cut made{from, to, {name, host().names().next_ordinal(name), EventKind::fire}, {}, false};
  if (time) {
    made.until = host().now() + *time;
    host().timer_armed();
  }
  cuts_.push_back(made);
}

void Network::end_cut(Cut& cut) {
  cut.is_over = true;
  if (cut.until) host().timer_released();
}

void Network::heal(NodeId node) {
  for (Cut& cut : cuts_) {
    if (!cut.is_over && (cut.from == node || cut.to == node)) end_cut(cut);
  }
  send_held();
}

void Network::send_held() {
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    for (const std::uint32_t end : {0u, 1u}) send_on({i, end});
  }
}

std::optional<EarliestTimer> Network::earliest_timer() const {
  const Cut* earliest = nullptr;
  for (const Cut& cut : cuts_) {
    if (cut.is_over || !cut.until) continue;
    if (earliest == nullptr || *cut.until < *earliest->until) earliest = &cut;
  }
  if (earliest == nullptr) return std::nullopt;
  const auto number = static_cast<std::uint32_t>(earliest - cuts_.data());
  return EarliestTimer{*earliest->until,
                       {earliest->identity, Rank::timer, world_slot(first_cut + number)}};
}

void Network::deliver(std::uint32_t slot) {
  end_cut(cuts_[slot - first_cut]);
  send_held();
}

// A run.

void Network::drop_in_flight() {
  for (Cut& cut : cuts_) {
    if (!cut.is_over) end_cut(cut);
  }
}

void Network::reset() {
  connections_.clear();
  listening_.clear();
  cuts_.clear();
  capacity = default_capacity;
}

}  // namespace reprise
