// CalmQueue: the pool of enabled events in calm order. For the strategies' own sources.
#pragma once

#include <reprise/sim/strategy/event_heap.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>

namespace reprise::internal {

/// Gives turns after finished completions first, then device events, then turns after explicit
/// yields, then the earliest timer; within each, first enabled, first served. After `patience`
/// yielded turns in a row the earliest timer fires, so that tasks that spin do not stop the clock.
class CalmQueue {
 public:
  void clear() {
    heap_.clear();
    sequence_ = 0;
    yields_in_a_row_ = 0;
  }

  void push(Event event) { push(event, ++sequence_); }
  /// Pushes an event that was held back, with the sequence number that next_sequence() gave for it.
  void push(Event event, std::uint64_t sequence) {
    heap_.push((static_cast<std::uint64_t>(event.rank) << 56) | sequence, event);
  }
  std::uint64_t next_sequence() { return ++sequence_; }

  /// Takes out the events that are gone, and gives their number.
  std::size_t forget(const IsGone& is_gone) {
    const std::size_t count = heap_.forget(is_gone);
    if (heap_.empty()) clear();
    return count;
  }

  Event pop(const Timers& timers) {
    const bool timer_turn = !timers.earliest.none() && yields_in_a_row_ >= patience;
    if (heap_.empty() || (timer_turn && heap_.first().rank == Rank::yielded)) {
      yields_in_a_row_ = 0;
      return timers.earliest;
    }
    const Event event = heap_.pop();
    yields_in_a_row_ = event.rank == Rank::yielded ? yields_in_a_row_ + 1 : 0;
    return event;
  }

 private:
  static constexpr std::uint32_t patience = 64;

  EventHeap heap_;  // by rank, then sequence number
  std::uint64_t sequence_ = 0;
  std::uint32_t yields_in_a_row_ = 0;
};

}  // namespace reprise::internal
