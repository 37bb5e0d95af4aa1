#include <reprise/sim/device/network/links.h>

#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/plan/link_times.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace reprise {

void Links::add_node(NodeId node, std::string_view name) {
  const auto known = std::ranges::find(nodes_, node, &Node::id);
  if (known != nodes_.end()) return;
  const NameId made = host().names().child(0, name.empty() ? "here" : name);
  nodes_.push_back({node, made});
  std::ranges::sort(nodes_, {}, &Node::id);
}

NameId Links::name_of(NodeId node) const {
  const auto known = std::ranges::find(nodes_, node, &Node::id);
  REPRISE_ASSERT(known != nodes_.end(), "a node that sends or receives is known");
  return known->name;
}

// What is on its way.

bool Links::may_be_slow() const {
  return host().may(DecisionKind::latency) || host().may(DecisionKind::jitter);
}

Duration Links::latency(Way way) {
  const auto known = std::ranges::find(latencies_, way, &Latency::way);
  if (known != latencies_.end()) return known->time;
  const std::string to(host().names().text(name_of(way.to)));
  const NameId link = host().names().child(name_of(way.from), "link(" + to + ')');
  const std::uint32_t value = host().decide(
      {link, host().names().next_ordinal(link), DecisionKind::latency}, latency_values);
  latencies_.push_back({way, latency_of(value)});
  return latencies_.back().time;
}

bool Links::send(const Arrival& arrival, Instant sent) {
  if (may_be_slow() && arrival.way.is_a_link()) {
    const std::uint32_t more =
        host().decide(arrival.identity.with(DecisionKind::jitter), latency_values);
    const Instant due = sent + latency(arrival.way) + latency_of(more);
    if (due > host().now()) {
      arm({&arrival.device, arrival.slot, arrival.identity.with(EventKind::fire)}, due);
      return false;
    }
  }
  host().enable({arrival.identity, Rank::device, arrival.device.world_slot(arrival.slot)});
  return true;
}

void Links::send_late(const Arrival& arrival, Duration time) {
  arm({&arrival.device, arrival.slot, arrival.identity.with(EventKind::fire)}, host().now() + time);
}

bool Links::stops(const Identity& arrival, Way way) {
  return is_cut(way) || (way.is_a_link() && decides_cut(arrival, way));
}

// What is due at a time.

void Links::arm(const Item& item, Instant at) {
  if (free_items_.empty()) {
    free_items_.push_back(static_cast<std::uint32_t>(items_.size()));
    items_.emplace_back();
  }
  const std::uint32_t number = free_items_.back();
  free_items_.pop_back();
  items_[number] = item;
  due_.push_back({at, ++order_, number});
  std::ranges::push_heap(due_, Due::later);
  host().timer_armed();
}

std::optional<EarliestTimer> Links::earliest_timer() const {
  if (due_.empty()) return std::nullopt;
  const Due& first = due_.front();
  return EarliestTimer{first.at,
                       {items_[first.item].identity, Rank::timer, world_slot(first.item)}};
}

void Links::deliver(std::uint32_t slot) {
  REPRISE_ASSERT(due_.front().item == slot, "what is due first comes first");
  std::ranges::pop_heap(due_, Due::later);
  due_.pop_back();
  free_items_.push_back(slot);
  host().timer_released();
  const Item item = items_[slot];
  if (item.device != nullptr) return item.device->effect(item.number);
  if (cuts_[item.number].state == Cut::State::to_come) return begin(item.number);
  constexpr Duration time_whole = std::chrono::milliseconds(100);
  whole_until_ = host().now() + time_whole;
  end(item.number);
}

// Cuts.

bool Links::is_cut(Way way) const {
  if (way.from == way.to) return false;
  const auto covers = [](NodeId cut, NodeId node) { return cut == no_node || cut == node; };
  return std::ranges::any_of(cuts_, [&](const Cut& cut) {
    return cut.state == Cut::State::on && covers(cut.way.from, way.from) &&
           covers(cut.way.to, way.to);
  });
}

void Links::arm_cut(std::uint32_t cut, std::string_view what, Duration time) {
  const NameId name = host().names().child(0, what);
  arm({nullptr, cut, {name, host().names().next_ordinal(name), EventKind::fire}},
      host().now() + time);
}

void Links::cut(Way way, std::optional<Duration> time) {
  cuts_.push_back({way, time});
  begin(static_cast<std::uint32_t>(cuts_.size() - 1));
}

void Links::cut_later(Way way, Duration wait, Duration time) {
  if (wait == Duration{}) return cut(way, time);
  cuts_.push_back({way, time, Cut::State::to_come});
  arm_cut(static_cast<std::uint32_t>(cuts_.size() - 1), "clog", wait);
}

void Links::begin(std::uint32_t cut) {
  cuts_[cut].state = Cut::State::on;
  if (cuts_[cut].time) arm_cut(cut, "link", *cuts_[cut].time);
}

void Links::end(std::uint32_t cut) {
  cuts_[cut].state = Cut::State::over;
  if (healed_) healed_();
}

void Links::heal(NodeId node) {
  for (Cut& cut : cuts_) {
    if (cut.way.from == node || cut.way.to == node) cut.state = Cut::State::over;
  }
  const auto is_of_no_cut = [this](const Due& due) {
    const Item& item = items_[due.item];
    if (item.device != nullptr || cuts_[item.number].state != Cut::State::over) return false;
    free_items_.push_back(due.item);
    host().timer_released();
    return true;
  };
  std::erase_if(due_, is_of_no_cut);
  std::ranges::make_heap(due_, Due::later);
  if (healed_) healed_();
}

// A run.

void Links::drop_in_flight() {
  for (std::size_t i = 0; i < due_.size(); ++i) host().timer_released();
  due_.clear();
}

void Links::reset() {
  nodes_.clear();
  latencies_.clear();
  cuts_.clear();
  items_.clear();
  free_items_.clear();
  due_.clear();
  order_ = 0;
  whole_until_ = {};
}

}  // namespace reprise
