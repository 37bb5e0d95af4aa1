// Datagrams: what was sent without a connection and is on its way. Each is lost, comes once or
// comes twice; those from one socket to one address come in order, but for those that are late.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/network/links.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Sockets;

class Datagrams final : public Device {
 public:
  explicit Datagrams(DeviceHost& host);

  struct Datagram {
    std::string from;
    std::string to;
    std::vector<std::byte> bytes;
  };

  /// Sends it from a socket of this node; `io` is the I/O that does. The plan says what becomes of
  /// it.
  void send(NodeId from, const Identity& io, Datagram&& datagram);

  /// From now on this is the socket of the address; null: none is.
  void bind(std::string_view address, Sockets* sockets, std::uint32_t number);
  bool is_bound(std::string_view address) const { return bound_at(address) != nullptr; }
  /// The process of the node is gone, with all its sockets; and what it has sent, if the power is
  /// lost.
  void end_of(const Sockets& sockets, bool loses_power);

  // Device. A slot is the number of a datagram on its way.
  std::string_view name() const override { return "network"; }
  void effect(std::uint32_t slot) override;
  void deliver(std::uint32_t) override {}
  Identity identity_of(const Completion&) const override { return {}; }
  Identity identity_at(std::uint32_t) const override { return {}; }
  const Completion& completion_at(std::uint32_t) const override { return none_; }
  void drop_in_flight() override {}
  void reset() override;

 private:
  struct Bound {
    std::string address;
    Sockets* sockets = nullptr;
    std::uint32_t number = 0;
  };
  struct OnWay {
    Datagram datagram;
    NodeId from = no_node;
    Identity arrival;
    Instant sent{};
    bool is_late = false;  // whatever its path does
    bool is_lost = false;
  };
  /// Those from one address to another that come in order.
  struct Path {
    std::string from;
    std::string to;
    std::deque<std::uint32_t> slots;
  };

  const Bound* bound_at(std::string_view address) const;
  Path& path_of(const Datagram& datagram);
  void put(OnWay&& on_way);
  void send_first(const Path& path);
  Links::Arrival arrival_of(std::uint32_t slot);
  void corrupt(OnWay& on_way);

  Links& links_;
  std::vector<Bound> bound_;
  std::vector<OnWay> on_way_;  // by slot
  std::vector<std::uint32_t> free_;
  std::vector<Path> paths_;
  Completion none_;
};

}  // namespace reprise
