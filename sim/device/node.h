// Node: a computer of the simulated world, with a clock and a disk of its own.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/device/disk/disk_device.h>
#include <reprise/sim/device/network/sockets.h>
#include <reprise/sim/plan/names.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::internal {

struct Node {
  enum class State : std::uint8_t { up, recovering, down };

  /// `of` is its name; the first node of a world has none.
  Node(DeviceHost& host, NodeId number, std::string_view of)
      : id(number),
        name(of),
        clock(host, id),
        sockets(host, id, of),
        disk(host, clock, sockets, of) {}

  /// Forgets what a run has made of it.
  void begin_run() {
    recovery = nullptr;
    state = State::up;
    falls = 0;
    is_used = false;
  }
  bool has_name() const { return id != 0; }
  /// Names something of this node for the world: `a:server`; `server` on the first node.
  std::string name_in_world(std::string_view part) const {
    return has_name() ? name + ':' + std::string(part) : std::string(part);
  }

  NodeId id;
  std::string name;
  Clock clock;
  Sockets sockets;
  DiskDevice disk;

  // What this run has made of it.
  std::function<void()> recovery;  // how it starts again; empty: it never falls by itself
  State state = State::up;
  std::uint32_t falls = 0;  // how often it has lost its power, or its process
  bool is_used = false;     // the scenario has named it
};

/// By number. They are kept from run to run.
using Nodes = std::vector<std::unique_ptr<Node>>;

}  // namespace reprise::internal
