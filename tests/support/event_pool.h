// EventPool: made-up events for a strategy, without a world.
#pragma once

#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

class EventPool {
 public:
  explicit EventPool(Strategy& strategy) : strategy_(strategy) { begin(); }

  void begin() {
    names_.begin_run();
    strategy_.begin(names_);
    timers_ = {};
  }
  /// Enables the event `name#1/delivery`, or the turn `name#1/turn` for other ranks.
  void enable(std::string_view name, Rank rank = Rank::device) {
    strategy_.enable(event(name, rank));
  }
  /// Arms the timer `name#1/fire`; "" for none.
  void arm(std::string_view name, std::uint64_t deadline = 100) {
    timers_.deadline = {deadline};
    timers_.earliest = name.empty() ? Event{} : event(name, Rank::timer);
  }
  std::uint32_t choose(std::string_view name, IdentityKind kind, std::uint32_t arity = 2) {
    return strategy_.choose({{names_.child(0, name), 1, kind}, arity});
  }
  /// The next event's name; "" if there is none.
  std::string next() {
    const Event event = strategy_.next(timers_);
    if (event.none()) return "";
    if (event.rank == Rank::timer) timers_.earliest = {};
    return std::string(names_.text(event.identity.name));
  }
  std::vector<std::string> rest() {
    std::vector<std::string> order;
    for (std::string name = next(); !name.empty(); name = next()) order.push_back(name);
    return order;
  }

  Names& names() { return names_; }

 private:
  Event event(std::string_view name, Rank rank) {
    const EventKind kind = rank == Rank::timer    ? EventKind::fire
                           : rank == Rank::device ? EventKind::delivery
                                                  : EventKind::turn;
    return {{names_.child(0, name), 1, kind}, rank, 0};
  }

  Strategy& strategy_;
  Names names_;
  Timers timers_;
};

}  // namespace reprise::tests
