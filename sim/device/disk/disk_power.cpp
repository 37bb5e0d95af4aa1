// What a power loss does to the device, and what it must know for that.
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/disk/disk_device.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise {

void DiskDevice::begin_tracking(const DiskRules& rules) {
  persistence_.reset(rules);
  for (const FileContents& file : disk_.contents()) {
    persistence_.give(file.path, *disk_.inode_of(file.path), file.bytes);
  }
  is_tracked_ = true;
  failed_late_.clear();
}

Persistence::SyncEnd DiskDevice::decide_end(Flight& sync) {
  using End = Persistence::SyncEnd;
  if (std::erase(failed_late_, sync.inode) != 0) {
    sync.fate.error = IOError::io;
    return End::failed;
  }
  // Nobody can survive the last way, who has taken the success for one.
  const std::uint32_t ways = persistence_.rules().device == DiskClass::hostile ? 5 : 4;
  switch (host().decide(sync.identity.with(DecisionKind::sync_error), ways)) {
    case 0: return decide_lie(sync, DecisionKind::sync_lie) ? End::lied : End::done;
    case 1: sync.fate.error = IOError::io; return End::failed;
    case 2: sync.fate.error = IOError::no_space; return End::failed;
    case 3: sync.fate.error = IOError::io; return End::taken_back;
    default: failed_late_.push_back(sync.inode); return End::failed;
  }
}

void DiskDevice::track_sync(Flight& sync, const Persistence::Cause& cause) {
  // One that was refused, interrupted or cancelled has not begun.
  const bool has_failed = sync.fate.error != IOError::none;
  if (has_failed && sync.fate.error != IOError::io) return;
  const Persistence::SyncEnd end = has_failed ? Persistence::SyncEnd::failed : decide_end(sync);
  for (const Unpersisted& change : persistence_.synced(cause, sync.inode, end)) {
    disk_.put_back(sync.inode, change.first, change.cached.size(),
                   persistence_.durable(sync.inode));
  }
}

void DiskDevice::track(Flight& flight, std::uint32_t slot, std::uint64_t size_before) {
  const Persistence::Cause cause{flight.identity, submitted_at_[slot]};
  if (flight.kind == IOKind::sync || flight.kind == IOKind::data_sync) {
    return track_sync(flight, cause);
  }
  if (flight.fate.error != IOError::none) return;
  if (flight.kind == IOKind::read) return note_read(flight);
  const std::span<const std::byte> cached = disk_.bytes(flight.inode);
  std::uint64_t changed = flight.kind == IOKind::write ? flight.fate.moved : 0;
  if (flight.kind == IOKind::punch_hole && flight.offset < cached.size()) {
    changed = std::min<std::uint64_t>(flight.size, cached.size() - flight.offset);
  }
  persistence_.changed(cause, flight.inode, flight.offset, changed, size_before, cached);
}

void DiskDevice::note_read(const Flight& read) {
  const std::uint64_t unit = persistence_.unit();
  const std::uint64_t end = read.offset + read.fate.moved;
  for (std::uint64_t at = read.offset / unit; at * unit < end; ++at) {
    units_read_.emplace_back(read.inode, at);
  }
}

void DiskDevice::cut_power_at(const Persistence& before) {
  drop_in_flight();
  is_off_ = true;
  persistence_ = before;
  units_read_.clear();
  failed_late_.clear();
}

void DiskDevice::apply_in_flight() {
  std::vector<std::uint32_t> slots;
  for (std::uint32_t slot = 0; slot < flights_.size(); ++slot) {
    const Flight& flight = flights_[slot];
    const bool is_sync = flight.kind == IOKind::sync || flight.kind == IOKind::data_sync ||
                         flight.kind == IOKind::sync_folder;
    if (flight.completion && !flight.fate.effected && !is_sync && flight.kind != IOKind::read &&
        flight.fate.error == IOError::none) {
      slots.push_back(slot);
    }
  }
  std::ranges::sort(slots, {}, [&](std::uint32_t slot) { return submitted_at_[slot]; });
  for (const std::uint32_t slot : slots) take_effect(flights_[slot], slot);
}

void DiskDevice::cut_power() {
  apply_in_flight();  // each may have been under way
  drop_in_flight();
  is_off_ = true;
  units_read_.clear();
  failed_late_.clear();
}

void DiskDevice::end_process() {
  drop_in_flight();
  is_off_ = true;
  persistence_.finish_all();
  units_read_.clear();
}

void DiskDevice::swap_with(DiskDevice& other) {
  std::swap(disk_, other.disk_);
  std::swap(persistence_, other.persistence_);
  std::swap(is_tracked_, other.is_tracked_);
  std::swap(failed_late_, other.failed_late_);
  ++disks_had_;
  ++other.disks_had_;
}

void DiskDevice::replace() {
  disk_.reset();
  if (is_tracked_) begin_tracking(DiskRules(persistence_.rules()));
  ++disks_had_;
}

void DiskDevice::save() { saved_ = disk_; }

void DiskDevice::restore_saved() {
  disk_ = *saved_;
  if (is_tracked_) begin_tracking(DiskRules(persistence_.rules()));
  ++disks_had_;
}

std::vector<LostChange> DiskDevice::let_survive(const Choose& choose) {
  std::vector<LostChange> lost = persistence_.lose_power(choose);
  const Persistence::Image image = persistence_.image();
  disk_.restore(image.files, image.names);
  return lost;
}

}  // namespace reprise
