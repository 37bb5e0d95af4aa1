// RadixHeap: events in the order of keys that mostly grow, the smallest first. For the strategies'
// own sources.
#pragma once

#include <reprise/core/internal/pages.h>
#include <reprise/sim/strategy/event_heap.h>
#include <reprise/sim/strategy/strategy.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::internal {

/// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem",
/// 1990): an event lies in the bucket of the highest bit in which its key differs from the last one
/// popped, and moves to a lower bucket only when it is among the next. It is the faster one when
/// there are many; a few are all in a binary heap. With many, that heap has the keys below the last
/// one popped, which are rare.
class RadixHeap {
 public:
  void clear() {
    for (; filled_ != 0; filled_ &= filled_ - 1) buckets_[lowest()].clear();
    now_.clear();
    next_now_ = 0;
    heap_.clear();
    last_ = 0;
    are_many_ = false;
  }
  bool empty() const { return heap_.empty() && next_now_ == now_.size() && filled_ == 0; }
  /// The smallest key. This and pop() require that the heap is not empty().
  std::uint64_t first_key() const {
    if (!heap_.empty()) return heap_.first_key();
    return next_now_ != now_.size() ? last_ : buckets_[lowest()].smallest;
  }

  /// Events with equal keys are popped in the order of pushing.
  void push(std::uint64_t key, Event event) {
    if (!are_many_) {
      heap_.push(key, event);
      if (heap_.size() > few) [[unlikely]]
        spread();
    } else if (key < last_) [[unlikely]] {
      heap_.push(key, event);
    } else {
      put({key, event});
    }
  }

  Event pop() {
    if (!heap_.empty()) return heap_.pop();
    if (next_now_ == now_.size()) move_on();
    return now_[next_now_++];
  }

  /// Takes out the events that are gone, and gives their number.
  std::size_t forget(const IsGone& is_gone) {
    std::size_t count = heap_.forget(is_gone);
    now_.erase(now_.begin(), now_.begin() + static_cast<std::ptrdiff_t>(next_now_));
    next_now_ = 0;
    count += std::erase_if(now_, is_gone);
    for (std::size_t at = 0; at < buckets_.size(); ++at) {
      Bucket& bucket = buckets_[at];
      count +=
          std::erase_if(bucket.entries, [&](const Entry& entry) { return is_gone(entry.event); });
      bucket.find_smallest();
      if (bucket.entries.empty()) filled_ &= ~(std::uint64_t{1} << at);
    }
    if (empty()) clear();
    return count;
  }

  /// Guesses which events are popped next. It knows only where there are many.
  Upcoming upcoming() const {
    Upcoming events;
    if (next_now_ != now_.size()) {
      events.next = now_[next_now_];
      if (filled_ != 0) events.soon = buckets_[lowest()].first();
    } else if (filled_ != 0) {
      const Bucket& bucket = buckets_[lowest()];
      events.next = bucket.first();
      const std::uint64_t higher = filled_ & (filled_ - 1);
      if (bucket.entries.size() > 1) {
        events.soon = bucket.entries[bucket.smallest_at == 0 ? 1 : 0].event;
      } else if (higher != 0) {
        events.soon = buckets_[static_cast<std::size_t>(std::countr_zero(higher))].first();
      }
    }
    return events;
  }

 private:
  static constexpr std::size_t few = 128;

  struct Entry {
    std::uint64_t key;
    Event event;
  };
  struct Bucket {
    std::vector<Entry, PageAllocator<Entry>>
        entries;  // in the order of pushing, as far as their keys are equal
    std::uint64_t smallest = UINT64_MAX;
    std::size_t smallest_at = 0;  // the first of that key

    const Event& first() const { return entries[smallest_at].event; }
    void clear() {
      entries.clear();
      smallest = UINT64_MAX;
    }
    void find_smallest() {
      smallest = UINT64_MAX;
      for (std::size_t at = 0; at < entries.size(); ++at) {
        if (entries[at].key >= smallest) continue;
        smallest = entries[at].key;
        smallest_at = at;
      }
    }
  };

  std::size_t lowest() const { return static_cast<std::size_t>(std::countr_zero(filled_)); }

  void put(const Entry& entry) {
    if (entry.key == last_) {
      now_.push_back(entry.event);
      return;
    }
    const auto at = static_cast<std::size_t>(std::bit_width(entry.key ^ last_) - 1);
    Bucket& bucket = buckets_[at];
    filled_ |= std::uint64_t{1} << at;
    if (entry.key < bucket.smallest) {
      bucket.smallest = entry.key;
      bucket.smallest_at = bucket.entries.size();
    }
    bucket.entries.push_back(entry);
  }

  /// There are many from now on, until clear().
  void spread() {
    are_many_ = true;
    last_ = heap_.first_key();
    while (!heap_.empty()) {
      const std::uint64_t key = heap_.first_key();
      put({key, heap_.pop()});
    }
  }

  /// Goes to the smallest key: spreads its bucket over the lower ones, which are empty.
  void move_on() {
    now_.clear();
    next_now_ = 0;
    const std::size_t at = lowest();
    Bucket& bucket = buckets_[at];
    last_ = bucket.smallest;
    filled_ &= filled_ - 1;
    if (bucket.entries.size() == 1) {
      now_.push_back(bucket.entries.front().event);
    } else {
      for (const Entry& entry : bucket.entries) put(entry);
    }
    bucket.clear();
  }

  std::array<Bucket, 64> buckets_;  // by the highest bit in which keys differ from `last_`
  std::uint64_t filled_ = 0;        // which of them are not empty
  std::vector<Event> now_;          // whose key is `last_`; those before next_now_ are popped
  std::size_t next_now_ = 0;
  std::uint64_t last_ = 0;
  EventHeap heap_;  // all events; if they are many, those with keys below `last_`
  bool are_many_ = false;
};

}  // namespace reprise::internal
