#include "tests/support/pipe/pipe.h"

#include <reprise/core/digest.h>
#include <reprise/sim/device/device_host.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace reprise::tests {

Completion Pipe::submit(IOKind kind, const Buffer& buffer) {
  const MemoryWatch::Pause own_stores(host().memory());
  Flight flight;
  flight.io = host().io_begins(kind, "pipe", DeviceHost::no_index, 0, buffer.size(), {&buffer, 1});
  flight.buffer = buffer;
  const Identity& io = flight.io.identity;
  if (host().decide(io.with(DecisionKind::error), 2) != 0) {
    flight.error = IOError::io;
  }
  const auto free =
      std::ranges::find_if(flights_, [](const Flight& each) { return !each.completion; });
  const auto slot = static_cast<std::uint32_t>(free - flights_.begin());
  if (free == flights_.end()) flights_.emplace_back();
  flight.completion = host().pool().make({}, this, world_slot(slot), buffer.size());
  const Completion completion = flight.completion;
  const SubmittedIO submitted = flight.io;
  flights_[slot] = std::move(flight);
  waiting_.push_back(slot);
  host().flight_added();
  host().io_submitted(submitted, completion);
  const bool differs = host().decide(submitted.identity.with(DecisionKind::flight), 2) != 0;
  const bool at_once = (host().run().base == Base::sync) != differs;
  const bool is_first = std::ranges::none_of(
      waiting_, [&](std::uint32_t each) { return each != slot && flights_[each].io.kind == kind; });
  if (at_once && is_first && can_happen(flights_[slot])) {
    deliver(slot);
    return completion;
  }
  host().flight_begins({submitted, world_slot(slot), 0, buffers_at(slot)});
  look();
  return completion;
}

bool Pipe::can_happen(const Flight& flight) const {
  if (flight.error != IOError::none) return true;
  return flight.io.kind == IOKind::read ? !bytes_.empty()
                                        : bytes_.size() + flight.io.size <= room_bytes;
}

void Pipe::look() {
  for (const IOKind kind : {IOKind::write, IOKind::read}) {
    const auto first = std::ranges::find_if(
        waiting_, [&](std::uint32_t slot) { return flights_[slot].io.kind == kind; });
    if (first != waiting_.end() && can_happen(flights_[*first])) enable(*first);
  }
}

void Pipe::enable(std::uint32_t slot) {
  if (std::exchange(flights_[slot].is_enabled, true)) return;
  host().enable({flights_[slot].io.identity, Rank::device, world_slot(slot)});
}

void Pipe::deliver(std::uint32_t slot) {
  const bool was_in_flight = flights_[slot].is_enabled;
  Flight flight = std::exchange(flights_[slot], {});
  std::erase(waiting_, slot);
  host().flight_removed();
  std::uint64_t moved = 0;
  if (flight.error == IOError::none) {
    const std::span<std::byte> bytes = flight.buffer.bytes();
    if (flight.io.kind == IOKind::write) {
      bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
      moved = bytes.size();
    } else {
      moved = std::min(bytes.size(), bytes_.size());
      const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(moved);
      std::copy(bytes_.begin(), end, bytes.begin());
      bytes_.erase(bytes_.begin(), end);
    }
  }
  host().io_ends(*this, flight.io.identity, flight.error, moved);
  if (was_in_flight) host().flight_ends(world_slot(slot));
  look();
  if (flight.error == IOError::none) {
    flight.completion.finish(moved);
    return;
  }
  host().io_hit(flight.io.identity);
  flight.completion.fail(flight.error);
  host().io_failed(flight.io, flight.completion);
}

void Pipe::cancel(const Completion&, std::uint64_t token) {
  Flight& flight = flights_[slot_in(token)];
  host().cancel_asked(flight.io.identity, flight.is_enabled);
  if (flight.is_enabled) return;
  flight.error = IOError::cancelled;
  enable(slot_in(token));
}

Identity Pipe::identity_of(const Completion& completion) const {
  const std::uint32_t slot = slot_in(completion.token());
  return slot < flights_.size() && flights_[slot].completion == completion
             ? flights_[slot].io.identity
             : Identity{};
}

void Pipe::drop_in_flight() {
  for (Flight& flight : flights_) {
    if (!flight.completion) continue;
    host().flight_removed();
    std::exchange(flight, {}).completion.drop();
  }
  waiting_.clear();
}

std::optional<std::uint64_t> Pipe::digest() const {
  std::uint64_t digest = 0;
  for (const std::byte byte : bytes_) digest = mix(digest, static_cast<std::uint64_t>(byte));
  return digest;
}

}  // namespace reprise::tests
