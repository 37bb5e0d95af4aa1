// What becomes of an I/O of the device: the faults that are decided for it, and its effect.
#include <reprise/core/assert.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/disk/disk_device.h>

#include <algorithm>
#include <iterator>

namespace reprise {

namespace {

constexpr std::uint64_t disk_bytes_max = std::uint64_t{1} << 30;
constexpr std::uint32_t retries_max = 8;

}  // namespace

void DiskDevice::decide_outcome(Flight& flight) {
  const auto decide = [&](DecisionKind kind, std::uint32_t arity) {
    return host().decide({flight.identity.name, flight.identity.ordinal, kind}, arity);
  };
  if (flight.size > disk_bytes_max || flight.offset > disk_bytes_max - flight.size) {
    flight.error = IOError::too_large;
    return;
  }
  if (host().may(DecisionKind::retry)) {
    const std::uint32_t retry =
        retry_allowed(flight.identity.name) ? decide(DecisionKind::retry, 3) : 0;
    if (retry != 0) {
      flight.error = retry == 1 ? IOError::interrupted : IOError::try_again;
      ++retries_[flight.identity.name].in_a_row;
      return;
    }
    retries_[flight.identity.name].in_a_row = 0;
  }
  if (host().may(DecisionKind::error) || host().may(DecisionKind::breaks)) {
    decide_error(flight);
    if (flight.error != IOError::none) return;
  }
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  if (!moves || !host().may(DecisionKind::short_io)) return;
  std::uint64_t bytes = flight.kind == IOKind::read ? bytes_there(flight) : flight.size;
  // What is in flight may put more there.
  if (bytes < 2 && host().run().ios_in_flight > 1) bytes = flight.size;
  if (bytes < 2 || bytes > UINT32_MAX) return;
  const std::uint32_t moved = decide(DecisionKind::short_io, static_cast<std::uint32_t>(bytes));
  if (moved != 0) flight.bytes_max = moved;
}

std::uint64_t DiskDevice::bytes_there(const Flight& read) const {
  const std::uint64_t end = disk_.size(read.inode);
  return read.offset < end ? std::min(read.size, end - read.offset) : 0;
}

void DiskDevice::decide_error(Flight& flight) {
  const auto decide = [&](DecisionKind kind, std::uint32_t arity) {
    return host().decide({flight.identity.name, flight.identity.ordinal, kind}, arity);
  };
  const bool is_read = flight.kind == IOKind::read;
  const bool is_write = flight.kind == IOKind::write;
  constexpr IOError errors[] = {IOError::none,     IOError::io,    IOError::io,
                                IOError::no_space, IOError::quota, IOError::too_large};
  // Reads need no space. What moves no bytes has no sectors.
  const auto arity = static_cast<std::uint32_t>(is_write ? std::size(errors) : is_read ? 3 : 2);
  const std::uint32_t error = decide(DecisionKind::error, arity);
  flight.error = errors[error];
  flight.spoils = error == 2;
  if (error != 0 || is_of_path(flight.kind)) return;
  flight.breaks = static_cast<Disk::Defect>(decide(DecisionKind::breaks, is_read ? 2 : 4));
}

bool DiskDevice::retry_allowed(NameId name) {
  if (retries_.size() <= name) retries_.resize(host().names().size());
  Retries& retries = retries_[name];
  if (retries.run != run_) retries = {run_, 0};
  return retries.in_a_row < retries_max;
}

void DiskDevice::apply(Flight& flight, std::uint32_t slot) {
  flight.effected = true;
  if (flight.guarded) look_at_guard(flight);
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  if (flight.spoils) disk_.spoil(flight.inode, flight.offset, flight.size);
  if (flight.breaks != Disk::Defect::none) disk_.damage(flight.inode, flight.breaks);
  if (flight.error == IOError::none && flight.kind != IOKind::timer && !is_of_path(flight.kind)) {
    flight.error = disk_.defect_of(flight.inode, flight.kind != IOKind::read);
  }
  if (flight.error == IOError::none && moves &&
      disk_.spoiled(flight.inode, flight.offset, flight.size)) {
    flight.error = IOError::io;
  }
  if (flight.error != IOError::none) {
    if (flight.kind == IOKind::read) poison(flight.all_buffers());
    return;
  }
  switch (flight.kind) {
    case IOKind::read:
      if (flight.bytes_max >= bytes_there(flight)) flight.bytes_max = all_bytes;
      flight.moved =
          disk_.read(flight.inode, flight.offset, flight.all_buffers(), flight.bytes_max);
      break;
    case IOKind::write:
      flight.moved =
          disk_.write(flight.inode, flight.offset, flight.all_buffers(), flight.bytes_max);
      break;
    case IOKind::truncate: disk_.truncate(flight.inode, flight.size); break;
    case IOKind::remove: flight.error = disk_.remove(flight_paths_[slot].from).error(); break;
    case IOKind::rename:
      flight.error = disk_.rename(flight_paths_[slot].from, flight_paths_[slot].to).error();
      break;
    case IOKind::sync:
    case IOKind::timer: break;
  }
}

}  // namespace reprise
