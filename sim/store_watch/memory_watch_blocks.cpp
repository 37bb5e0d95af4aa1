// What MemoryWatch does when blocks are allocated and freed.
#include <reprise/sim/store_watch/entry_frame.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <algorithm>
#include <iterator>

namespace reprise::internal {

namespace {

// Allocated and freed blocks, in a run without watched code: 16 MiB.
constexpr std::size_t listed_max = std::size_t{1} << 20;
// Blocks allocated in entries: 4 MiB. What comes later is not known to be held.
constexpr std::size_t of_entries_max = std::size_t{1} << 16;
constexpr std::size_t held_max = 64;

}  // namespace

void MemoryWatch::wake() {
  const Quiet quiet;
  is_asleep_ = false;
  if (keeps_freed_) internal::kept_memory = &quarantine_;
  if (entry_frame_ != 0) {
    for (const MemoryBlock& block : live_.listed().subspan(listed_before_entry_)) {
      if (block.size == 0) {
        remove_fresh(block.begin);
      } else {
        add_fresh(block.begin, block.size);
      }
    }
  }
  live_.catch_up();
}

const MemoryWatch::Range* MemoryWatch::fresh_range(std::uintptr_t address) const {
  const auto after = std::ranges::upper_bound(fresh_, address, {}, &Range::begin);
  if (after == fresh_.begin() || !std::prev(after)->contains(address)) return nullptr;
  return &*std::prev(after);
}

void MemoryWatch::add_failing_library(std::string_view library) {
  const Quiet quiet;
  if (running_) allocating_code_.add_library(library);
}

bool MemoryWatch::allocation_fails(std::uintptr_t pc) {
  if (entry_frame_ == 0 || path_ == 0 || pauses_ != 0 || !listener_.may_lack_memory()) return false;
  return allocating_code_.is_under_test(pc, paths_, path_) && listener_.lacks_memory();
}

void MemoryWatch::allocated(void* memory, std::size_t size, std::uintptr_t pc) {
  if (memory == nullptr || !running_) return;
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory);
  if (is_asleep_) {
    live_.add(begin, size);
    if (live_.listed().size() >= listed_max) wake();
    return;
  }
  const Quiet quiet;  // called by the harness, too
  live_.add(begin, size);
  if (entry_frame_ == 0) return;
  add_fresh(begin, size);
  if (!knows_held_ || pc == 0 || path_ == 0 || pauses_ != 0) return;
  if (of_entries_.size() == of_entries_max) return;
  if (is_close_ && !allocating_code_.is_under_test(pc, paths_, path_)) return;
  const EntryNumber by = is_close_ ? listener_.entry_now() : EntryNumber{};
  of_entries_.push_back({{begin, size}, {pc, path_}, live_.last_number(), by});
}

std::vector<AllocatedBlock> MemoryWatch::held() const {
  const Quiet quiet;
  std::vector<AllocatedBlock> held;
  std::vector<MemoryBlock> blocks;
  for (const AllocatedBlock& each : of_entries_) {
    if (held.size() == held_max) break;
    if (each.block.size == 0 || !live_.is_live(each.block.begin, each.number)) continue;
    if (is_close_ && belongs_to_ignored(each.block.begin)) continue;
    held.push_back(each);
    if (!is_close_) return held;
    blocks.push_back(each.block);
  }
  if (held.empty()) return held;
  const std::vector<bool> pointed_to = live_.have_pointers(blocks, {});
  std::size_t at = 0;
  std::erase_if(held, [&](const AllocatedBlock&) { return pointed_to[at++]; });
  return held;
}

void MemoryWatch::add_fresh(std::uintptr_t begin, std::size_t size) {
  const Range range{begin, size, allocations_++};
  fresh_.insert(std::ranges::upper_bound(fresh_, range.begin, {}, &Range::begin), range);
}

bool MemoryWatch::remove_fresh(std::uintptr_t begin) {
  const auto fresh = std::ranges::lower_bound(fresh_, begin, {}, &Range::begin);
  if (fresh == fresh_.end() || fresh->begin != begin) return false;
  fresh_.erase(fresh);
  return true;
}

bool MemoryWatch::may_free(void* memory, std::size_t size, std::uintptr_t pc) {
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory);
  if (quarantine_.holds(begin, 1)) {
    const FreedMemory* const known = quarantine_.block_of(begin, 1);
    listener_.memory_freed_again(FreedMemory(*known), code_at(pc));
    return false;
  }
  freed(memory, size);
  if (internal::kept_memory == nullptr) return true;
  return !quarantine_.keep({begin, size, code_at(pc), actor_});
}

void MemoryWatch::freed(void* memory, std::size_t size) {
  if (memory == nullptr) return;
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(memory);
  live_.remove(begin);
  if (begin < owned_end_ && begin + size > owned_begin_) {
    const auto is_in_it = [&](const OwnedMemory& owned) { return owned.overlaps(begin, size); };
    const auto owned = std::ranges::find_if(owned_, is_in_it);
    if (owned != owned_.end()) listener_.owned_memory_freed(*owned);
  }
  if (entry_frame_ != 0) {
    settle();
    if (remove_fresh(begin)) return;
  }
  if (accessed_.may_hold(begin, size)) {
    for (std::vector<MemoryAccess>* const accesses : {&stores_, &loads_}) {
      for (MemoryAccess& access : *accesses) {
        if (access.overlaps(begin, size)) access.freed = true;
      }
    }
  }
  if (remembered_.may_hold(begin, size)) listener_.memory_freed(begin, size);
}

std::size_t MemoryWatch::fresh_at(std::uintptr_t begin) const {
  const auto fresh = std::ranges::lower_bound(fresh_, begin, {}, &Range::begin);
  return fresh != fresh_.end() && fresh->begin == begin ? fresh->size : 0;
}

void MemoryWatch::remember(const MemoryAccess& access) {
  if (is_asleep_) wake();
  remembered_.add(access.address, access.size);
}

}  // namespace reprise::internal
