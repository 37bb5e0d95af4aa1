// Device: something of the simulated world that code does I/O with. A device has a folder beside
// this file; it sees the world as a DeviceHost. What happens to an I/O of a device are events,
// which the world lets happen in the order that the strategy chooses.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/operation/operation_ref.h>
#include <reprise/sim/plan/identity.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace reprise {

namespace internal {
class DeviceHost;
}

/// What belongs to no node, and outlives them all: the cables of a network.
inline constexpr NodeId no_node = UINT32_MAX;

/// The timer that is to fire next.
struct EarliestTimer {
  Instant deadline;
  Event event;
};

/// Whether who waits need not come to an end: not at all; a session with somebody who may say no
/// more, which is at rest if all others are; a server for the next client.
enum class Rest : std::uint8_t { none, of_session, of_server };

class Device {
 public:
  /// Takes part in the host's world, as a part of this node; the host must outlive it.
  explicit Device(DeviceHost& host, NodeId node = 0);
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  /// What the log calls it, as the one who has finished an I/O: "disk".
  virtual std::string_view name() const = 0;

  // Events. `slot` is the device's own number of the I/O.

  /// The I/O is over: finishes its completion, and its callbacks run.
  virtual void deliver(std::uint32_t slot) = 0;
  /// The I/O does what it does, some time before it is delivered.
  virtual void effect(std::uint32_t /*slot*/) {}
  /// The armed timer that is to fire next; deliver() fires it. Nothing if there is none.
  virtual std::optional<EarliestTimer> earliest_timer() const { return std::nullopt; }

  // The cache: with many I/Os in flight, the memory of one that is soon to be delivered is fetched
  // before it is used.

  /// Begins to fetch what is known of the I/O.
  virtual void fetch_record(std::uint32_t /*slot*/) const {}
  /// Begins to fetch what the I/O refers to, once its record is there. Gives the task that
  /// submitted it.
  virtual std::optional<TaskId> fetch_rest(std::uint32_t /*slot*/) const { return std::nullopt; }

  // I/Os in flight.

  /// The node that it is a part of, whose end is the end of all its I/Os in flight.
  NodeId node() const { return node_; }
  /// Whether they wait for nothing but the time.
  virtual bool is_clock() const { return false; }
  /// Whether more comes of the I/O than that one may go on.
  virtual bool has_outcome(std::uint32_t /*slot*/) const { return !is_clock(); }
  /// Says whether whoever waits for it may wait for good.
  virtual Rest rest_in(std::uint32_t /*slot*/) const { return Rest::none; }
  /// Whether who waits for the one waits for just what the other would bring.
  virtual bool wait_alike(std::uint32_t /*a*/, std::uint32_t /*b*/) const { return false; }
  /// Where nothing can happen any more: why whoever waits for it should wait for something else;
  /// empty if nothing speaks for that.
  virtual std::string_view mistake_in(std::uint32_t /*slot*/) { return {}; }
  /// The I/O of a completion; name 0 if it is not in flight here.
  virtual Identity identity_of(const Completion& completion) const = 0;
  virtual Identity identity_at(std::uint32_t slot) const = 0;
  virtual const Completion& completion_at(std::uint32_t slot) const = 0;
  /// The buffers that it has.
  virtual std::span<const Buffer> buffers_at(std::uint32_t /*slot*/) const { return {}; }

  /// Whether the file of this number, or what the device has in its place, can still be found.
  virtual bool has_file(std::uint32_t /*inode*/) const { return true; }

  // A run.

  /// Drops all I/Os in flight: they never finish, and their callbacks are forgotten. Tells the host
  /// of each that it is no longer in flight.
  virtual void drop_in_flight() = 0;
  /// Back to what it is at the beginning of a run. Nothing is in flight.
  virtual void reset() = 0;
  /// The digest of what it keeps, on which equivalent schedules must agree; nothing if it keeps
  /// nothing.
  virtual std::optional<std::uint64_t> digest() const { return std::nullopt; }

  /// A device has fewer I/Os in flight at a time.
  static constexpr std::uint32_t slots_max = std::uint32_t{1} << 24;
  /// The two halves of what an event, a completion's token and the store watch have for a slot.
  static constexpr std::uint32_t number_in(std::uint64_t world_slot) {
    return static_cast<std::uint32_t>(world_slot / slots_max);
  }
  static constexpr std::uint32_t slot_in(std::uint64_t world_slot) {
    return static_cast<std::uint32_t>(world_slot % slots_max);
  }
  /// The world's number for `slot`.
  std::uint32_t world_slot(std::uint32_t slot) const { return number_ * slots_max + slot; }

 protected:
  DeviceHost& host() const { return host_; }

 private:
  DeviceHost& host_;
  std::uint32_t number_;
  NodeId node_;
};

}  // namespace reprise
