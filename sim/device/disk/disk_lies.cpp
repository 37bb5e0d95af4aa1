// What a device of the class `hostile` does in silence. What it does wrong it does to the first
// sector; a later write there makes it good.
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/disk/disk_device.h>

#include <algorithm>
#include <cstring>

namespace reprise {

bool DiskDevice::decide_lie(const Flight& flight, DecisionKind kind) {
  return persistence_.rules().device == DiskClass::hostile &&
         host().decide(flight.identity.with(kind), 2) != 0;
}

void DiskDevice::misplace(Flight& flight) {
  // The file has a sector behind it to take for this one.
  const bool has_next = flight.offset + Disk::sector_bytes < disk_.size(flight.inode);
  if (flight.kind == IOKind::read) {
    // What is still to be written is read from the cache.
    const bool is_on_disk = !persistence_.is_unpersisted(flight.inode, flight.offset);
    if (is_on_disk && decide_lie(flight, DecisionKind::rot)) {
      disk_.flip_bit(flight.inode, flight.offset);
      persistence_.flip_bit(flight.inode, flight.offset);
    }
    if (has_next && decide_lie(flight, DecisionKind::misplaced_read)) {
      flight.offset += Disk::sector_bytes;
    }
  } else if (flight.kind == IOKind::write && !flight.at_end && has_next &&
             decide_lie(flight, DecisionKind::misplaced_write)) {
    flight.offset += Disk::sector_bytes;
  }
}

void DiskDevice::fail_in_silence(const Flight& flight) {
  if (flight.fate.moved == 0) return;
  if (flight.kind == IOKind::write && decide_lie(flight, DecisionKind::lost_write)) {
    persistence_.lose_last();
  }
  if (flight.kind != IOKind::read || !decide_lie(flight, DecisionKind::stale_read)) return;
  const std::span<const std::byte> durable = persistence_.durable(flight.inode);
  if (flight.offset >= durable.size()) return;
  const Buffer& first = flight.all_buffers().front();
  const std::uint64_t size = std::min({Disk::sector_bytes, std::uint64_t{first.size()},
                                       flight.fate.moved, durable.size() - flight.offset});
  std::memcpy(first.data(), durable.data() + flight.offset, size);
}

}  // namespace reprise
