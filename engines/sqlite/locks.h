// FileLocks and SharedMemory: what the connections to one database share beside its file: the
// locks of the rollback journal, and the index of a write-ahead log with its locks. Neither
// survives a power loss.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace reprise::sqlite {

/// What one connection holds.
struct Holder {
  /// As SQLITE_LOCK_NONE, _SHARED, _RESERVED, _PENDING or _EXCLUSIVE.
  int level = SQLITE_LOCK_NONE;
  bool maps_memory = false;
  std::uint32_t shared_slots = 0;     // a bit for each lock of the shared memory
  std::uint32_t exclusive_slots = 0;  // likewise
};

/// One database.
class SharedFile {
 public:
  void add(Holder& holder) { holders_.push_back(&holder); }
  void remove(Holder& holder) { std::erase(holders_, &holder); }

  // The locks of the file. A reader is SHARED; one writer at a time is RESERVED, PENDING while it
  // waits for the readers to leave, and EXCLUSIVE while it writes.

  int lock(Holder& holder, int level) {
    if (holder.level >= level) return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED) {
      if (highest_beside(holder) >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    } else if (highest_beside(holder) >= SQLITE_LOCK_RESERVED) {
      return SQLITE_BUSY;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE && highest_beside(holder) != SQLITE_LOCK_NONE) {
      holder.level = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
    holder.level = level;
    return SQLITE_OK;
  }
  bool is_reserved() const {
    return std::ranges::any_of(
        holders_, [](const Holder* each) { return each->level >= SQLITE_LOCK_RESERVED; });
  }

  // The shared memory.

  /// The region of this number, made of zeros if it is not there and `extends`; null if not.
  void* map(Holder& holder, std::size_t region, std::size_t bytes, bool extends) {
    holder.maps_memory = true;
    while (extends && regions_.size() <= region) {
      regions_.push_back(std::make_unique<std::byte[]>(bytes));
    }
    return region < regions_.size() ? regions_[region].get() : nullptr;
  }
  /// Takes or gives back the locks [first, first + count).
  int lock_slots(Holder& holder, int first, int count, int flags) {
    const std::uint32_t slots = ((std::uint32_t{1} << count) - 1) << first;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      holder.shared_slots &= ~slots;
      holder.exclusive_slots &= ~slots;
      return SQLITE_OK;
    }
    const bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;
    const bool is_taken = std::ranges::any_of(holders_, [&](const Holder* each) {
      const std::uint32_t conflicts =
          each->exclusive_slots | (is_shared ? std::uint32_t{0} : each->shared_slots);
      return each != &holder && (conflicts & slots) != 0;
    });
    if (is_taken) return SQLITE_BUSY;
    (is_shared ? holder.shared_slots : holder.exclusive_slots) |= slots;
    return SQLITE_OK;
  }
  void unmap(Holder& holder) {
    holder.maps_memory = false;
    holder.shared_slots = holder.exclusive_slots = 0;
    const bool is_mapped =
        std::ranges::any_of(holders_, [](const Holder* each) { return each->maps_memory; });
    // The next one to map it finds nothing, and recovers the index from the log.
    if (!is_mapped) regions_.clear();
  }

 private:
  int highest_beside(const Holder& holder) const {
    int highest = SQLITE_LOCK_NONE;
    for (const Holder* const each : holders_) {
      if (each != &holder) highest = std::max(highest, each->level);
    }
    return highest;
  }

  std::vector<Holder*> holders_;
  std::vector<std::unique_ptr<std::byte[]>> regions_;
};

}  // namespace reprise::sqlite
