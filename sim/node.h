// Sim::Node: a computer of the simulated world, with a disk, a clock and tasks of its own. The code
// of nodes meets in objects that they share, such as a mailbox in memory.
//
//   Sim::Node a = sim.node("a");
//   Sim::Node b = sim.node("b", {.ahead = std::chrono::seconds(3), .drift_ppm = 200});
//   a.recovers([&] { server.emplace(a.open("log")); });
//   a.task("server", [&] { ... sim.await(...) ... a.now() ... });
//   sim.task("operator", [&] {
//     a.kill();
//     a.swap_disk(b);  // b is down, too
//     a.restart();
//   });
//
// A node that recovers may fall before any event of its own, while the others go on: the power is
// lost, as with sim.recovers(), or its process is killed, and then it starts again. Its tasks are
// gone then, its I/Os in flight and its timers. Its memory is C++ objects, so what is gone with it
// is what the recovery makes anew; what waits for it elsewhere is the scenario's business.
#pragma once

#include <reprise/core/core.h>
#include <reprise/sim/disk_rules.h>
#include <reprise/sim/driving.h>
#include <reprise/sim/sim.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

/// A handle: copies are the same node. It must not outlive the run.
class Sim::Node {
 public:
  std::string_view name() const;

  // Its devices. They live as long as the run.

  /// The IO that its machines submit to; its timers go by the node's clock.
  IO& io() const;
  /// As Sim::open(), write_file() and read_file(), on this node's disk.
  File& open(std::string_view path) const;
  void write_file(std::string_view path, std::span<const std::byte> bytes) const;
  void write_file(std::string_view path, std::string_view text) const {
    write_file(path, std::as_bytes(std::span(text)));
  }
  std::string read_file(std::string_view path) const;
  /// The time since the run began, by its clock. It never goes back.
  Instant now() const;
  /// The time since 1970-01-01, by its wall clock. Code that asks the C library for the time gets
  /// this, or now(), of the node whose task it runs in.
  Instant wall_now() const;
  /// Sets the wall clock forward, or back.
  void step_clock(Duration by) const;

  // Its tasks. A trace calls them `a:server`. Within them sim.await() and the like are used as
  // ever; sim.sleep() goes by this node's clock.

  /// As Sim::task() and Sim::drive(). REQUIRES: the node is not down.
  void task(std::string_view name, std::function<void()> body) const;
  void task(std::string_view name, std::uint32_t index, std::function<void()> body) const;
  template <class Entry>
  void drive(std::string_view name, Entry entry, AwaitOptions options = {},
             CodeLocation place = CodeLocation::current()) const {
    sim_->drive_on(*node_, name, std::move(entry), std::move(options), place);
  }

  /// As Sim::recovers(), for this node alone. Its process may be killed, too: then what has reached
  /// the cache of its disk stays. It does so until it has fallen three times. What the scenario has
  /// declared with idle(), agree() and owned() is forgotten whenever a node falls; and while one
  /// recovers, no fault but a fall is injected anywhere.
  void recovers(std::function<void()> recovery, const DiskRules& disk = {}) const;

  // What an operator does, which is a task of another node, outside of operations. After kill() and
  // cut_power() the node is down until restart().

  /// Ends its process. I/Os in flight that have had no effect yet never have one.
  void kill() const;
  /// The power is lost: of what is not durable the plan says what survives. The node may be down
  /// already. REQUIRES: it recovers.
  void cut_power() const;
  /// Starts it again, with what recovers() says. REQUIRES: it is down.
  void restart() const;
  bool is_down() const;

  // The network. Nodes reach each other's listeners as "b:7000". What is on its way over a link
  // that is cut waits until it is healed, and so does who connects; datagrams are lost.

  /// From now on nothing more comes from this node to the other. The other way stays as it is.
  void cut_link_to(const Node& other) const;
  /// Ends all cuts of links from and to this node, also those that a fault has made.
  void heal_links() const;

  // Disks that change hands. REQUIRES: the node, and the other one, is down. Files that are still
  // open answer IOError::bad_file.

  void swap_disk(const Node& other) const;
  /// An empty disk of the same kind takes the place of its own.
  void lose_disk() const;
  /// Keeps a copy of what its files are now, as reads would show it; the node need not be down.
  void save_disk() const;
  /// Its disk is again what the last save_disk() of this run has kept, and all of it is durable.
  void restore_disk() const;

 private:
  friend class Sim;
  template <class Key, class Value>
  friend class Durable;
  Node(Sim& sim, internal::Node& node) : sim_(&sim), node_(&node) {}
  std::uint32_t number() const;
  void require_operator() const;
  void require_down() const;
  void tell_disk(std::string_view what) const;

  Sim* sim_;
  internal::Node* node_;
};

}  // namespace reprise
