// EpochTable: a hash table of plain values that is emptied in constant time, for records that start
// over with each entry. It has no order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::internal {

/// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t spread(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}
inline std::uint64_t hash_of(std::uint64_t key) { return spread(key); }

/// `Key` is compared with ==, and `hash_of(key)` spreads it over 64 bits.
template <class Key, class Value>
class EpochTable {
 public:
  EpochTable() : slots_(64) {}

  void clear() {
    ++epoch_;
    size_ = 0;
  }
  std::size_t size() const { return size_; }

  /// The value of `key`, or null.
  Value* find(const Key& key) {
    Slot& slot = slot_of(key);
    return slot.epoch == epoch_ ? &slot.value : nullptr;
  }
  const Value* find(const Key& key) const { return const_cast<EpochTable*>(this)->find(key); }

  /// The value of `key`, and whether it is new; the caller must set a new value.
  std::pair<Value*, bool> insert(const Key& key) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    Slot& slot = slot_of(key);
    if (slot.epoch == epoch_) return {&slot.value, false};
    slot.epoch = epoch_;
    slot.key = key;
    ++size_;
    return {&slot.value, true};
  }

 private:
  struct Slot {
    std::uint64_t epoch = 0;
    Key key{};
    Value value{};
  };

  Slot& slot_of(const Key& key) {
    std::size_t at = hash_of(key) & (slots_.size() - 1);
    while (slots_[at].epoch == epoch_ && !(slots_[at].key == key)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.epoch == epoch_) slot_of(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;  // a power of two; those of another epoch are empty
  std::uint64_t epoch_ = 1;
  std::size_t size_ = 0;
};

}  // namespace reprise::internal
