// Node: a computer of the simulated world, with a clock and a disk of its own.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/device/disk/disk_device.h>

#include <string>
#include <string_view>

namespace reprise {

struct Node {
  /// `of` is its name; the first node of a world has none.
  Node(DeviceHost& host, std::string_view of) : name(of), clock(host), disk(host, clock, of) {}

  std::string name;
  Clock clock;
  DiskDevice disk;
};

}  // namespace reprise
