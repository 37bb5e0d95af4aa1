#include <reprise/sim/device/network/sockets.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/device/device_host.h>

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

Sockets::Sockets(DeviceHost& host, NodeId node, std::string_view of)
    : Device(host, node), prefix_(of), name_("network") {
  if (!of.empty()) prefix_ += ':';
}

Network& Sockets::network() {
  if (network_ == nullptr) network_ = &host().own<Network>();
  return *network_;
}

Datagrams& Sockets::datagrams() {
  if (datagrams_ == nullptr) datagrams_ = &host().own<Datagrams>();
  return *datagrams_;
}

void Sockets::name_node() {
  std::string_view of = prefix_;
  if (!of.empty()) of.remove_suffix(1);
  links().add_node(node(), of);
}

std::string Sockets::full_address(std::string_view address) const {
  const std::size_t colon = address.rfind(':');
  REPRISE_ASSERT(colon != std::string_view::npos && colon + 1 < address.size(),
                 "an address is \"host:port\", or \":port\" for this host");
  const std::string_view of = address.substr(0, colon);
  constexpr std::array<std::string_view, 5> here = {"", "localhost", "127.0.0.1", "0.0.0.0",
                                                    "[::1]"};
  if (std::ranges::find(here, of) == here.end()) return std::string(address);
  return (prefix_.empty() ? std::string(":") : prefix_) + std::string(address.substr(colon + 1));
}

std::uint32_t Sockets::take_slot() {
  const auto free =
      std::ranges::find_if(flights_, [](const Flight& flight) { return !flight.completion; });
  const auto slot = static_cast<std::uint32_t>(free - flights_.begin());
  if (free == flights_.end()) flights_.emplace_back();
  return slot;
}

// Submitting.

IOError Sockets::refusal_of(const IORequest& request, const Target& target) {
  const bool moves = request.kind == IOKind::recv || request.kind == IOKind::send;
  const bool needs_bytes = moves || request.kind == IOKind::recv_from;
  if (needs_bytes && request.byte_count() == 0) return IOError::invalid;
  if (target.kind == Target::Kind::mailbox) {
    if (mailboxes_[target.number].is_closed) return IOError::bad_file;
    const bool is_too_long =
        request.kind == IOKind::send_to && request.byte_count() > DatagramSocket::bytes_max;
    return is_too_long ? IOError::message_too_long : IOError::none;
  }
  if (target.kind == Target::Kind::listener || request.kind == IOKind::connect) {
    return IOError::none;
  }
  return network().end(target.end).is_closed ? IOError::bad_file : IOError::none;
}

/// What this end has sent, and what is to be sent before the next.
std::uint64_t Sockets::bytes_before(EndRef ref) const {
  std::uint64_t count = network_->outward(ref).taken();
  for (const std::uint32_t slot : waiting_) {
    const Flight& flight = flights_[slot];
    if (flight.io.kind == IOKind::send && flight.target.end == ref) count += flight.io.size;
  }
  return count;
}

Completion Sockets::submit(IORequest& request, const Target& target, std::uint32_t path) {
  const MemoryWatch::Pause own_stores(host().memory());
  host().use_network();
  const std::uint64_t offset = request.kind == IOKind::send ? bytes_before(target.end) : 0;
  const SubmittedIO io =
      host().io_begins(request.kind, {}, path, offset, request.byte_count(), request.buffers);
  const IOError refusal = is_off_ ? IOError::io : refusal_of(request, target);
  if (refusal != IOError::none) return refuse(io, refusal, request);
  const std::uint32_t slot = take_slot();
  Flight& flight = flights_[slot];
  flight.io = io;
  flight.target = target;
  flight.buffers.assign(request.buffers.begin(), request.buffers.end());
  if (request.kind == IOKind::send_to) flight.to = request.path;
  flight.readiness = request.readiness;
  flight.half = request.half;
  flight.error = IOError::none;
  flight.bytes_max = io.size;
  flight.is_other_way = request.kind == IOKind::ready && target.kind == Target::Kind::end &&
                        waits_other_way(request, target);
  flight.completion =
      host().pool().make(std::move(request.callback), this, world_slot(slot), io.size);
  const Completion completion = flight.completion;
  waiting_.push_back(slot);
  host().flight_added();
  host().io_submitted(io, completion);
  begin(slot, request);
  return completion;
}

void Sockets::begin(std::uint32_t slot, const IORequest& request) {
  const SubmittedIO io = flights_[slot].io;
  if (request.kind == IOKind::connect) {
    constexpr std::array errors = {IOError::none, IOError::connection_refused, IOError::timed_out,
                                   IOError::connection_reset};
    const std::uint32_t how = host().decide(io.identity.with(DecisionKind::connection),
                                            static_cast<std::uint32_t>(errors.size()));
    flights_[slot].target.end =
        network().connect(*this, io.identity.name, request.path, errors[how]);
  } else if ((io.kind == IOKind::recv || io.kind == IOKind::send) && io.size > 1 &&
             io.size <= UINT32_MAX) {
    const std::uint32_t part = host().decide(io.identity.with(DecisionKind::short_io),
                                             static_cast<std::uint32_t>(io.size));
    if (part != 0) flights_[slot].bytes_max = part;
  }
  const bool differs = host().decide(io.identity.with(DecisionKind::flight), 2) != 0;
  const bool at_once = (host().run().base == Base::sync) != differs;
  if (at_once && is_first(slot) && can_happen(flights_[slot])) {
    deliver(slot);
    return;
  }
  if (io.kind == IOKind::recv || io.kind == IOKind::recv_from) poison(flights_[slot].buffers);
  if (host().memory().running()) {
    for (const Buffer& buffer : flights_[slot].buffers) {
      host().memory().own({reinterpret_cast<std::uintptr_t>(buffer.data()), buffer.size(),
                           world_slot(slot),
                           io.kind == IOKind::send || io.kind == IOKind::send_to});
    }
  }
  if (host().wants_flights()) {
    host().flight_begins(
        {io, world_slot(slot), flights_[slot].target.end.connection, buffers_at(slot)});
  }
  look_at(flights_[slot].target);
}

Completion Sockets::refuse(const SubmittedIO& io, IOError error, IORequest& request) {
  host().io_hit(io.identity);
  Completion refused = host().pool().refused(error, std::move(request.callback));
  host().io_submitted(io, refused);
  host().io_failed(io, refused);
  return refused;
}

// When it can happen.

bool Sockets::can_receive(EndRef ref) {
  const Network::End& end = network().end(ref);
  const Wire& wire = network().inward(ref);
  return end.is_closed || end.receives_no_more || end.lost != IOError::none ||
         wire.arrived() != 0 || wire.arrived_end != Wire::End::none;
}

bool Sockets::can_send(EndRef ref) {
  const Network::End& end = network().end(ref);
  const Wire& wire = network().outward(ref);
  return end.is_closed || end.lost != IOError::none || wire.sent_end != Wire::End::none ||
         wire.room() != 0;
}

bool Sockets::can_happen(const Flight& flight) {
  if (flight.error != IOError::none) return true;
  if (flight.target.kind == Target::Kind::listener) {
    return !backlogs_[flight.target.number].ends.empty();
  }
  if (flight.target.kind == Target::Kind::mailbox) {
    const bool waits = flight.io.kind == IOKind::recv_from ||
                       (flight.io.kind == IOKind::ready && flight.readiness == Readiness::readable);
    return !waits || !mailboxes_[flight.target.number].arrived.empty();
  }
  const EndRef ref = flight.target.end;
  switch (flight.io.kind) {
    case IOKind::connect:
      return network().end(ref).is_made || network().end(ref).lost != IOError::none;
    case IOKind::recv: return can_receive(ref);
    case IOKind::send: return can_send(ref);
    case IOKind::ready: return is_ready(ref, flight.readiness);
    default: return true;  // a shutdown, or a close
  }
}

bool Sockets::is_first(std::uint32_t slot) const {
  const Flight& flight = flights_[slot];
  if (flight.io.kind == IOKind::ready || flight.error != IOError::none) return true;
  const auto first = std::ranges::find_if(waiting_, [&](std::uint32_t other) {
    return flights_[other].io.kind == flight.io.kind && flights_[other].target == flight.target &&
           flights_[other].error == IOError::none;
  });
  return *first == slot;
}

void Sockets::enable(std::uint32_t slot) {
  if (std::exchange(flights_[slot].is_enabled, true)) return;
  host().enable({flights_[slot].io.identity, Rank::device, world_slot(slot)});
}

void Sockets::look_at(const Target& target) {
  for (const std::uint32_t slot : waiting_) {
    if (flights_[slot].target == target && is_first(slot) && can_happen(flights_[slot])) {
      enable(slot);
    }
  }
}

void Sockets::look(EndRef end) { look_at(Target::of(end)); }

void Sockets::add_to_backlog(std::uint32_t listener, EndRef end) {
  backlogs_[listener].ends.push_back(end);
  look_at(Target::listener(listener));
}

// What happens.

IOError Sockets::why_not(EndRef ref) {
  Network::End& end = network().end(ref);
  if (end.is_closed) return IOError::cancelled;
  return end.lost;
}

Sockets::Moved Sockets::receive(EndRef ref, std::span<const Buffer> buffers,
                                std::uint64_t bytes_max) {
  Wire& wire = network().inward(ref);
  std::uint64_t moved = 0;
  if (const IOError error = why_not(ref); error != IOError::none) {
    network().end(ref).loss_is_told = true;
    return {error, 0};
  }
  if (network().end(ref).receives_no_more) return {};
  for (const Buffer& buffer : buffers) {
    const std::uint64_t fits = std::min<std::uint64_t>(buffer.size(), bytes_max - moved);
    moved += wire.take(buffer.bytes().first(fits));
  }
  if (moved != 0) network().has_room(ref.other());
  return {IOError::none, moved};
}

Sockets::Moved Sockets::send(EndRef ref, std::span<const Buffer> buffers, std::uint64_t bytes_max) {
  Network::End& end = network().end(ref);
  Wire& wire = network().outward(ref);
  if (end.is_closed) return {IOError::cancelled, 0};
  if (end.lost != IOError::none && !std::exchange(end.loss_is_told, true)) return {end.lost, 0};
  if (end.lost != IOError::none || wire.sent_end != Wire::End::none) {
    return {IOError::broken_pipe, 0};
  }
  std::uint64_t moved = 0;
  for (const Buffer& buffer : buffers) {
    const std::uint64_t fits = std::min<std::uint64_t>(buffer.size(), bytes_max - moved);
    moved += wire.put(buffer.bytes().first(fits));
  }
  network().send_on(ref);
  return {IOError::none, moved};
}

Sockets::Moved Sockets::accept(Flight& flight) {
  std::deque<EndRef>& ends = backlogs_[flight.target.number].ends;
  made_.push_back({flight.completion.id(), ends.front()});
  ends.pop_front();
  return {};
}

void Sockets::shut_down(EndRef ref, StreamHalf half) {
  if (half != StreamHalf::receive) {
    Wire& wire = network().outward(ref);
    if (wire.sent_end == Wire::End::none) wire.sent_end = Wire::End::end_of_stream;
    network().send_on(ref);
  }
  if (half != StreamHalf::send) network().end(ref).receives_no_more = true;
}

void Sockets::close(EndRef ref) {
  network().close(ref);
  cancel_all(Target::of(ref));
}

Sockets::Moved Sockets::happen(Flight& flight) {
  const EndRef ref = flight.target.end;
  if (flight.error != IOError::none) {
    if (flight.io.kind == IOKind::connect) network().close(ref);
    return {flight.error, 0};
  }
  if (flight.target.kind == Target::Kind::mailbox) {
    if (flight.io.kind == IOKind::send_to) return send_to(flight);
    if (flight.io.kind == IOKind::recv_from) return receive_from(flight);
    if (flight.io.kind == IOKind::close) close_mailbox(flight.target.number);
    return {};
  }
  switch (flight.io.kind) {
    case IOKind::accept: return accept(flight);
    case IOKind::connect:
      if (const IOError error = network().end(ref).lost; error != IOError::none) {
        if (network().end(ref).is_made) network().close(ref);  // tells the other end
        return {error, 0};
      }
      made_.push_back({flight.completion.id(), ref});
      return {};
    case IOKind::recv: return receive(ref, flight.buffers, flight.bytes_max);
    case IOKind::send: return send(ref, flight.buffers, flight.bytes_max);
    case IOKind::shutdown:
      if (const IOError error = why_not(ref); error != IOError::none) {
        return {error == IOError::cancelled ? error : IOError::not_connected, 0};
      }
      shut_down(ref, flight.half);
      return {};
    case IOKind::close: close(ref); return {};
    case IOKind::ready:
      if (flight.target.kind == Target::Kind::listener) return {};
      [[fallthrough]];
    default: return {network().end(ref).is_closed ? IOError::cancelled : IOError::none, 0};
  }
}

void Sockets::deliver(std::uint32_t slot) {
  Flight& flight = flights_[slot];
  const bool was_enabled = std::exchange(flight.is_enabled, false);
  std::erase(waiting_, slot);
  host().flight_removed();
  const Over over{flight.io, flight.target, flight.bytes_max, happen(flight)};
  if (was_enabled && host().memory().running()) host().memory().disown(world_slot(slot));
  if (was_enabled && host().wants_flights()) host().flight_ends(world_slot(slot));
  // The slot is free first, since a callback may submit again; it keeps the memory of its list.
  const Completion completion = std::move(flight.completion);
  flight.buffers.clear();
  look_at(over.target);
  finish(completion, over);
}

void Sockets::finish(const Completion& completion, const Over& over) {
  const auto& [io, target, bytes_max, moved] = over;
  host().io_ends(*this, io.identity, moved.error, moved.bytes);
  const bool is_cut = io.kind == IOKind::send && moved.bytes < io.size;
  const bool is_short = moved.bytes < io.size && bytes_max < io.size;
  if (moved.error != IOError::none || is_short) host().io_hit(io.identity);
  if (moved.error != IOError::none) {
    completion.fail(moved.error);
    host().io_failed(io, completion);
    return;
  }
  const bool moves = io.kind == IOKind::recv || io.kind == IOKind::send;
  if (moves && host().wants_moved_bytes()) {
    host().io_moved(io, {this, target.end.connection, moved.bytes, is_cut}, completion);
  }
  completion.finish(moved.bytes);
}

Rest Sockets::rest_in(std::uint32_t slot) const {
  const Flight& flight = flights_[slot];
  const bool only_sends = flight.io.kind == IOKind::ready &&
                          (flight.readiness == Readiness::writable || flight.is_other_way);
  const bool listens =
      !only_sends && (flight.io.kind == IOKind::ready || flight.io.kind == IOKind::recv ||
                      flight.io.kind == IOKind::recv_from);
  switch (flight.target.kind) {
    case Target::Kind::listener: return Rest::of_server;
    case Target::Kind::mailbox:
      return listens && mailboxes_[flight.target.number].is_server ? Rest::of_server : Rest::none;
    default: break;
  }
  // An end that has accepted waits for what the other may want, for as long as the other is there.
  const EndRef ref = flight.target.end;
  if (!listens || ref.end != 1) return Rest::none;
  const Network::End& other = std::as_const(*network_).end(ref.other());
  const bool is_there = other.sockets != nullptr && !other.is_closed && other.lost == IOError::none;
  return is_there ? Rest::of_session : Rest::none;
}

bool Sockets::wait_alike(std::uint32_t a, std::uint32_t b) const {
  const Flight& one = flights_[a];
  const Flight& other = flights_[b];
  return one.io.kind == IOKind::ready && other.io.kind == IOKind::ready &&
         one.target == other.target && one.readiness == other.readiness;
}

void Sockets::cancel(const Completion&, std::uint64_t token) {
  const std::uint32_t slot = slot_in(token);
  Flight& flight = flights_[slot];
  // What makes a connection is never too late to cancel: nobody would take it.
  const bool makes = flight.io.kind == IOKind::connect || flight.io.kind == IOKind::accept;
  const bool is_too_late = flight.is_enabled && !makes;
  host().cancel_asked(flight.io.identity, is_too_late);
  if (is_too_late) return;
  flight.error = IOError::cancelled;
  enable(slot);
}

void Sockets::cancel_all(const Target& target) {
  for (const std::uint32_t slot : waiting_) {
    if (flights_[slot].target != target) continue;
    flights_[slot].error = IOError::cancelled;
    enable(slot);
  }
}

Identity Sockets::identity_of(const Completion& completion) const {
  const std::uint32_t slot = slot_in(completion.token());
  return slot < flights_.size() && flights_[slot].completion == completion
             ? flights_[slot].io.identity
             : Identity{};
}

// The end of a process, and of a run.

void Sockets::drop_in_flight() {
  for (const std::uint32_t slot : waiting_) {
    host().flight_removed();
    Flight dropped = std::exchange(flights_[slot], {});
    dropped.completion.drop();
  }
  waiting_.clear();
}

void Sockets::forget_open() {
  backlogs_.clear();
  mailboxes_.clear();
  made_.clear();
  senders_.clear();
  ++run_;
}

void Sockets::end_process() {
  if (network_ != nullptr) network_->end_of(*this, true);
  if (datagrams_ != nullptr) datagrams_->end_of(*this, false);
  forget_open();
}

void Sockets::cut_power() {
  is_off_ = true;
  if (network_ != nullptr) network_->end_of(*this, false);
  if (datagrams_ != nullptr) datagrams_->end_of(*this, true);
  forget_open();
}

void Sockets::reset() {
  is_off_ = false;
  forget_open();
  refusals_.clear();
  refused_.clear();
  next_port_ = 0;
}

}  // namespace reprise
