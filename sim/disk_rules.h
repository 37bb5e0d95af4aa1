// DiskRules: what a simulated disk guarantees of changes that no sync has covered, when the power
// is lost.
#pragma once

#include <cstdint>

namespace reprise {

/// How a device writes what its cache holds.
enum class DiskClass : std::uint8_t {
  ordered,  // changes survive in the order of their effects, up to some point; so a sync that makes
            // one durable makes all before it durable, those of other files too
  sata,     // any subset of their sectors of 512 bytes survives
  nvme,     // the same with blocks of 4,096 bytes
  hostile,  // as `sata`, and syncs may lie, and the device may fail in silence
};

struct DiskRules {
  DiskClass device = DiskClass::sata;
  /// Aligned bytes that survive together or not at all. Below 512, a power loss in the middle of a
  /// write cuts it anywhere.
  std::uint32_t atomic = 512;
  /// A sync of a file makes durable how the file came to its name. (POSIX does not promise it;
  /// ext4, XFS and Btrfs do it.)
  bool syncs_names = false;
  /// A power loss in the middle of a write may destroy one of its sectors (of `atomic` bytes, but
  /// 512 at least), bytes that the write leaves alone included.
  bool tears = false;
};

}  // namespace reprise
