// EventHeap: events in the order of their keys, the smallest first. For the strategies' own
// sources.
#pragma once

#include <reprise/sim/strategy/strategy.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise::internal {

/// A binary heap that is emptied bottom-up (Wegener, "Bottom-up heapsort", 1993): the hole goes
/// down to a leaf by a choice without branches, and the last element then rises to its place. Only
/// keys move; the events stay where they are.
class EventHeap {
 public:
  void clear() {
    heap_.clear();
    events_.clear();
    free_.clear();
    sequence_ = 0;
  }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  /// The smallest key. This, first() and pop() require that the heap is not empty().
  std::uint64_t first_key() const { return heap_.front().key; }
  const Event& first() const { return events_[heap_.front().at]; }

  /// Events with equal keys are popped in the order of pushing.
  void push(std::uint64_t key, Event event) {
    const Entry entry{key, ++sequence_, place(event)};
    heap_.push_back(entry);
    rise(heap_.size() - 1, entry);
  }

  Event pop() {
    const std::uint32_t at = heap_.front().at;
    const Entry last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size != 0) {
      std::size_t hole = 0;
      std::size_t child = 1;
      while (child + 1 < size) {
        child += static_cast<std::size_t>(before(heap_[child + 1], heap_[child]));
        heap_[hole] = heap_[child];
        hole = child;
        child = 2 * hole + 1;
      }
      if (child < size) {
        heap_[hole] = heap_[child];
        hole = child;
      }
      rise(hole, last);
    }
    free_.push_back(at);
    return events_[at];
  }

  /// Takes out the events that are gone, and gives their number.
  std::size_t forget(const IsGone& is_gone) {
    const std::size_t count = std::erase_if(heap_, [&](const Entry& entry) {
      if (!is_gone(events_[entry.at])) return false;
      free_.push_back(entry.at);
      return true;
    });
    std::ranges::sort(heap_, before);  // which is a heap, too
    if (heap_.empty()) clear();
    return count;
  }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint32_t sequence;
    std::uint32_t at;  // in events_
  };

  // Uses bit operations, not &&: the outcome is almost random, so a branch would be mispredicted.
  static bool before(const Entry& a, const Entry& b) {
    return ((a.key < b.key) | ((a.key == b.key) & (a.sequence < b.sequence))) != 0;
  }

  std::uint32_t place(Event event) {
    if (free_.empty()) {
      events_.push_back(event);
      return static_cast<std::uint32_t>(events_.size() - 1);
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    events_[at] = event;
    return at;
  }

  void rise(std::size_t hole, const Entry& entry) {
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 2;
      if (!before(entry, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    heap_[hole] = entry;
  }

  std::vector<Entry> heap_;
  std::vector<Event> events_;
  std::vector<std::uint32_t> free_;  // free places in events_
  std::uint32_t sequence_ = 0;
};

}  // namespace reprise::internal
