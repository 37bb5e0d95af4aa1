// Network: the connections of a world, over the links between its nodes. What is sent arrives
// later, in order, at events of its own.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/network/links.h>
#include <reprise/sim/device/network/wire.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Sockets;

/// One end of a connection of a network: 0 has connected, 1 has accepted.
struct EndRef {
  std::uint32_t connection = 0;
  std::uint32_t end = 0;

  EndRef other() const { return {connection, 1 - end}; }
  friend bool operator==(const EndRef&, const EndRef&) = default;
};

class Network final : public Device {
 public:
  explicit Network(DeviceHost& host);

  /// What an end knows of its connection.
  struct End {
    Sockets* sockets = nullptr;    // of its node; null: none has it, or none any more
    IOError lost = IOError::none;  // why it can be used no more
    bool loss_is_told = false;     // to somebody who sends
    bool is_made = false;          // the connection is there
    bool is_closed = false;
    bool receives_no_more = false;  // after a shutdown
  };
  struct Connection {
    NameId name = 0;  // of the I/O that has connected
    std::string address;
    std::array<Wire, 2> wires;  // by the end that sends
    std::array<End, 2> ends;
  };

  /// Begins to connect: the wish arrives at an event of its own.
  EndRef connect(Sockets& from, NameId name, std::string_view address, IOError refusal);
  /// From now on these listen at the address; null: nobody does.
  void set_listener(std::string_view address, Sockets* sockets, std::uint32_t listener);
  bool has_listener(std::string_view address) const { return listener_at(address) != nullptr; }

  End& end(EndRef ref) { return connections_[ref.connection].ends[ref.end]; }
  const End& end(EndRef ref) const { return connections_[ref.connection].ends[ref.end]; }
  const std::string& address(EndRef ref) const { return connections_[ref.connection].address; }
  /// The one that this end sends through, and the one that it receives from.
  Wire& outward(EndRef ref) { return connections_[ref.connection].wires[ref.end]; }
  Wire& inward(EndRef ref) { return outward(ref.other()); }

  // What ends do; the other end learns of it at an arrival.

  /// There is something new to arrive from this end.
  void send_on(EndRef from);
  /// It closes, as Stream::close() says.
  void close(EndRef ref);
  /// The connection is lost: for this end at once.
  void lose(EndRef ref, IOError why);
  /// It has received something.
  void has_room(EndRef from) { look(from); }
  /// The process of the node is gone, with all its ends and listeners; `tells`: its kernel closes
  /// them, as close() does.
  void end_of(const Sockets& sockets, bool tells);

  Links& links() { return links_; }

  // Device. A slot is a direction of a connection.
  std::string_view name() const override { return "network"; }
  void effect(std::uint32_t slot) override;
  void deliver(std::uint32_t) override {}
  Identity identity_of(const Completion&) const override { return {}; }
  Identity identity_at(std::uint32_t) const override { return {}; }
  const Completion& completion_at(std::uint32_t) const override { return none_; }
  void drop_in_flight() override {}
  void reset() override;

  static constexpr std::size_t default_capacity = 65'536;
  std::size_t capacity = default_capacity;  // of each wire that is made from now on, in bytes

 private:
  struct Listening {
    std::string address;
    Sockets* sockets;
    std::uint32_t listener;
  };

  const Listening* listener_at(std::string_view address) const;
  NodeId node_of(EndRef ref) const;
  /// Where what this end sends goes to; also while nobody has accepted.
  NodeId node_of_receiver(EndRef from) const;
  /// The way of what this end sends.
  Links::Way way_from(EndRef from) const { return {node_of(from), node_of_receiver(from)}; }
  /// True if the connection is lost.
  bool decide_reset(const Identity& arrival, EndRef from);
  void arrive_connecting(EndRef from);
  void arrive_bytes(const Identity& arrival, EndRef from);
  void arrive_end(EndRef from);
  void look(EndRef ref);
  /// The next arrival from this end is an event to come, if something is left to arrive.
  void let_arrive(EndRef from);
  void send_held();

  Links& links_;
  std::deque<Connection> connections_;
  std::vector<Listening> listening_;
  Completion none_;
};

}  // namespace reprise
