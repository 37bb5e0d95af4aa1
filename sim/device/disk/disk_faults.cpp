// What becomes of an I/O of the device: the faults that are decided for it, and its effect.
#include <reprise/core/assert.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/disk/disk_device.h>

#include <algorithm>
#include <iterator>

namespace reprise {

namespace {

constexpr std::uint32_t retries_max = 8;

}  // namespace

IOError DiskDevice::decide_refusal(Identity io) {
  if (!host().may(DecisionKind::refusal)) return IOError::none;
  constexpr IOError refusals[] = {IOError::none, IOError::try_again, IOError::busy,
                                  IOError::no_memory};
  const std::uint32_t refusal =
      retry_allowed(io.name) ? host().decide(io.with(DecisionKind::refusal), std::size(refusals))
                             : 0;
  if (refusal != 0) {
    ++retries_[io.name].in_a_row;
  } else if (!host().may(DecisionKind::retry)) {
    retries_[io.name].in_a_row = 0;
  }
  return refusals[refusal];
}

void DiskDevice::decide_outcome(Flight& flight) {
  const auto decide = [&](DecisionKind kind, std::uint32_t arity) {
    return host().decide(flight.identity.with(kind), arity);
  };
  if (host().may(DecisionKind::retry)) {
    const std::uint32_t retry =
        retry_allowed(flight.identity.name) ? decide(DecisionKind::retry, 3) : 0;
    if (retry != 0) {
      flight.fate.error = retry == 1 ? IOError::interrupted : IOError::try_again;
      ++retries_[flight.identity.name].in_a_row;
      return;
    }
    retries_[flight.identity.name].in_a_row = 0;
  }
  if (host().may(DecisionKind::error) || host().may(DecisionKind::breaks)) {
    decide_error(flight);
    if (flight.fate.error != IOError::none) return;
  }
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  if (!moves || !host().may(DecisionKind::short_io)) return;
  std::uint64_t bytes = flight.kind == IOKind::read ? bytes_there(flight) : flight.size;
  // What is in flight may put more there.
  if (bytes < 2 && host().run().ios_in_flight > 1) bytes = flight.size;
  if (bytes < 2 || bytes > UINT32_MAX) return;
  const std::uint32_t moved = decide(DecisionKind::short_io, static_cast<std::uint32_t>(bytes));
  if (moved != 0) flight.fate.bytes_max = moved;
}

std::uint64_t DiskDevice::bytes_there(const Flight& read) const {
  const std::uint64_t end = disk_.size(read.inode);
  return read.offset < end ? std::min(read.size, end - read.offset) : 0;
}

void DiskDevice::decide_error(Flight& flight) {
  const auto decide = [&](DecisionKind kind, std::uint32_t arity) {
    return host().decide(flight.identity.with(kind), arity);
  };
  const bool is_read = flight.kind == IOKind::read;
  const bool is_write = flight.kind == IOKind::write;
  constexpr IOError errors[] = {IOError::none,     IOError::io,    IOError::io,
                                IOError::no_space, IOError::quota, IOError::too_large};
  // Reads need no space. What moves no bytes has no sectors.
  const auto arity = static_cast<std::uint32_t>(is_write ? std::size(errors) : is_read ? 3 : 2);
  const std::uint32_t error = decide(DecisionKind::error, arity);
  flight.fate.error = errors[error];
  flight.fate.spoils = error == 2;
  if (error != 0 || is_of_path(flight.kind)) return;
  flight.fate.breaks = static_cast<Disk::Defect>(decide(DecisionKind::breaks, is_read ? 2 : 4));
}

bool DiskDevice::retry_allowed(NameId name) {
  if (retries_.size() <= name) retries_.resize(host().names().size());
  Retries& retries = retries_[name];
  if (retries.run != run_) retries = {run_, 0};
  return retries.in_a_row < retries_max;
}

void DiskDevice::apply(Flight& flight, std::uint32_t slot) {
  if (flight.guarded) look_at_guard(flight);
  take_effect(flight, slot);
}

void DiskDevice::take_effect(Flight& flight, std::uint32_t slot) {
  flight.fate.effected = true;
  if (is_of_path(flight.kind)) {
    if (flight.fate.error == IOError::none) do_with_paths(flight, slot);
    return;
  }
  if (!flight.fate.is_plain() || !disk_.is_sound(flight.inode)) meet_defects(flight);
  if (flight.fate.error != IOError::none) {
    if (flight.kind == IOKind::read) poison(flight.all_buffers());
    if (is_tracked_) track(flight, slot, 0);
    return;
  }
  const std::uint64_t size_before = disk_.size(flight.inode);
  if (is_tracked_ && host().may_any(kinds_that(Effect::lies))) [[unlikely]]
    misplace(flight);
  switch (flight.kind) {
    case IOKind::read:
      if (flight.fate.bytes_max != all_bytes && flight.fate.bytes_max >= bytes_there(flight)) {
        flight.fate.bytes_max = all_bytes;
      }
      flight.fate.moved =
          disk_.read(flight.inode, flight.offset, flight.all_buffers(), flight.fate.bytes_max);
      break;
    case IOKind::write:
      if (flight.at_end) flight.offset = size_before;
      flight.fate.moved =
          disk_.write(flight.inode, flight.offset, flight.all_buffers(), flight.fate.bytes_max);
      break;
    case IOKind::truncate: disk_.truncate(flight.inode, flight.size); break;
    case IOKind::allocate: disk_.allocate(flight.inode, flight.offset, flight.size); break;
    case IOKind::punch_hole: disk_.punch_hole(flight.inode, flight.offset, flight.size); break;
    default: break;  // a sync moves nothing
  }
  if (!is_tracked_) return;
  track(flight, slot, size_before);
  if (host().may_any(kinds_that(Effect::lies))) fail_in_silence(flight);
}

void DiskDevice::meet_defects(Flight& flight) {
  const bool moves = flight.kind == IOKind::read || flight.kind == IOKind::write;
  if (flight.fate.spoils) disk_.spoil(flight.inode, flight.offset, flight.size);
  if (flight.fate.breaks != Disk::Defect::none) disk_.damage(flight.inode, flight.fate.breaks);
  if (flight.fate.error == IOError::none) {
    flight.fate.error = disk_.defect_of(flight.inode, flight.kind != IOKind::read);
  }
  if (flight.fate.error == IOError::none && moves &&
      disk_.spoiled(flight.inode, flight.offset, flight.size)) {
    flight.fate.error = IOError::io;
  }
}

void DiskDevice::do_with_paths(Flight& flight, std::uint32_t slot) {
  const Paths& paths = flight_paths_[slot];
  const Persistence::Cause cause{flight.identity, is_tracked_ ? submitted_at_[slot] : 0};
  if (flight.kind == IOKind::sync_folder) {
    if (is_tracked_) persistence_.folder_synced(cause, paths.from);
    return;
  }
  const std::optional<InodeId> inode = disk_.inode_of(paths.from);
  const bool removes = flight.kind == IOKind::remove;
  flight.fate.error =
      removes ? disk_.remove(paths.from).error() : disk_.rename(paths.from, paths.to).error();
  if (!is_tracked_ || flight.fate.error != IOError::none) return;
  persistence_.named(cause, removes ? Unpersisted::Kind::removed : Unpersisted::Kind::renamed,
                     *inode, paths.from, paths.to);
}

}  // namespace reprise
