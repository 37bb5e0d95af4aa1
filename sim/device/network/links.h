// Links: what lies between the nodes of a world. What is sent over a link takes its time; a link
// can be cut, and heals. No link leads from a node to itself.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/time.h>
#include <reprise/sim/device/device.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

class Links final : public Device {
 public:
  explicit Links(DeviceHost& host) : Device(host, no_node) {}

  /// From one node to another, in this direction; no_node: that of a computer that is not known.
  struct Way {
    NodeId from = no_node;
    NodeId to = no_node;

    bool is_a_link() const { return from != to && from != no_node && to != no_node; }
    friend bool operator==(const Way&, const Way&) = default;
  };
  /// Something that is on its way: `device.effect(slot)` lets it arrive, at an event of its own.
  struct Arrival {
    Device& device;
    std::uint32_t slot = 0;
    Identity identity;
    Way way;
  };

  /// Takes in a node; its name is empty if it has none.
  void add_node(NodeId node, std::string_view name);

  /// Lets it arrive when its time has passed since `sent`. True if that is now.
  bool send(const Arrival& arrival, Instant sent);
  /// Lets it arrive after `time`, whatever the link.
  void send_late(const Arrival& arrival, Duration time);
  /// Whether it does not come through. The plan may cut links before it arrives.
  bool stops(const Identity& arrival, Way way);

  /// Cuts the way, where no_node stands for all nodes, for a time or until it is healed.
  void cut(Way way, std::optional<Duration> time);
  /// Ends all cuts of links from and to this node.
  void heal(NodeId node);
  bool is_cut(Way way) const;
  /// Called whenever a cut has ended.
  void on_heal(std::function<void()> healed) { healed_ = std::move(healed); }

  // Device. A slot is the number of something that is due at a time.
  std::string_view name() const override { return "network"; }
  void deliver(std::uint32_t slot) override;
  std::optional<EarliestTimer> earliest_timer() const override;
  Identity identity_of(const Completion&) const override { return {}; }
  Identity identity_at(std::uint32_t) const override { return {}; }
  const Completion& completion_at(std::uint32_t) const override { return none_; }
  void drop_in_flight() override;
  void reset() override;

 private:
  struct Node {
    NodeId id = no_node;
    NameId name = 0;
  };
  struct Latency {
    Way way;
    Duration time{};
  };
  struct Cut {
    enum class State : std::uint8_t { to_come, on, over };
    Way way;
    std::optional<Duration> time;  // nothing: until somebody heals it
    State state = State::on;
  };
  /// An arrival, or the beginning or end of a cut.
  struct Item {
    Device* device = nullptr;  // null: of a cut
    std::uint32_t number = 0;  // the device's slot, or the number of the cut
    Identity identity;
  };
  struct Due {
    Instant at;
    std::uint64_t order = 0;
    std::uint32_t item = 0;

    static bool later(const Due& a, const Due& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };

  bool may_be_slow() const;
  Duration latency(Way way);
  NameId name_of(NodeId node) const;
  void arm(const Item& item, Instant at);
  void arm_cut(std::uint32_t cut, std::string_view what, Duration time);
  void begin(std::uint32_t cut);
  void end(std::uint32_t cut);

  // Partitions.
  bool decides_cut(const Identity& arrival, Way way);
  Duration decide_time(const Identity& of);
  /// The nodes on the side of `way.to`, and those on that of `way.from`.
  struct Sides {
    std::vector<NodeId> far;
    std::vector<NodeId> near;
  };
  Sides decide_sides(const Identity& arrival, Way way);
  void cut_sides(const Identity& arrival, Way way, bool is_both_ways);
  /// Begins the cut when `wait` has passed.
  void cut_later(Way way, Duration wait, Duration time);
  void cut_one_after_another(const Identity& arrival, Way way);

  std::vector<Node> nodes_;
  std::vector<Latency> latencies_;
  std::vector<Cut> cuts_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> free_items_;
  std::vector<Due> due_;  // a heap: the earliest first
  std::uint64_t order_ = 0;
  Instant whole_until_{};  // no fault cuts a link before
  std::function<void()> healed_;
  Completion none_;
};

}  // namespace reprise
