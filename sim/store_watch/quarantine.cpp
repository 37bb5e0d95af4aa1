
#include <reprise/sim/store_watch/quarantine.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace reprise::internal {

// The ring: blocks_[oldest_], and the count_ - 1 behind it, modulo blocks_max.

bool Quarantine::keep(const FreedMemory& memory) {
  if (memory.size == 0 || memory.size > block_bytes_max) return false;
  while (count_ == blocks_max || bytes_ + memory.size > bytes_max) release_oldest();
  std::memset(reinterpret_cast<void*>(memory.begin), poison, memory.size);
  const std::size_t at = (oldest_ + count_) % blocks_max;
  if (at == blocks_.size()) {
    blocks_.push_back(memory);
  } else {
    blocks_[at] = memory;
  }
  ++count_;
  bytes_ += memory.size;
  begin_ = std::min(begin_, memory.begin);
  end_ = std::max(end_, memory.begin + memory.size);
  mark(memory, true);
  return true;
}

void Quarantine::mark(const FreedMemory& memory, bool is_kept) {
  const std::uintptr_t last = (memory.begin + memory.size - 1) / granule;
  for (std::uintptr_t at = memory.begin / granule; at <= last;) {
    const auto [known, is_new] = pages_.insert(at / page);
    if (is_new) *known = {};
    for (const std::uintptr_t key = at / page; at <= last && at / page == key; ++at) {
      const std::uint64_t bit = std::uint64_t{1} << (at % 64);
      std::uint64_t& bits = (*known)[at % page / 64];
      bits = is_kept ? bits | bit : bits & ~bit;
    }
    recent_[(at - 1) / page % recent_.size()].key = UINTPTR_MAX;
  }
}

void Quarantine::release_oldest() {
  const FreedMemory memory = blocks_[oldest_];
  oldest_ = (oldest_ + 1) % blocks_max;
  --count_;
  bytes_ -= memory.size;
  mark(memory, false);
  std::free(reinterpret_cast<void*>(memory.begin));
}

void Quarantine::release_all() {
  if (count_ == 0) return;
  // First, so that they may be freed.
  begin_ = UINTPTR_MAX;
  end_ = 0;
  pages_.clear();
  recent_.fill({});
  for (std::size_t i = 0; i < count_; ++i) {
    std::free(reinterpret_cast<void*>(blocks_[(oldest_ + i) % blocks_max].begin));
  }
  blocks_.clear();
  oldest_ = count_ = bytes_ = 0;
}

const FreedMemory* Quarantine::block_of(std::uintptr_t address, std::size_t size) const {
  const FreedMemory* first = nullptr;
  for (std::size_t i = 0; i < count_; ++i) {
    const FreedMemory& block = blocks_[(oldest_ + i) % blocks_max];
    if (block.begin >= address + size || address >= block.begin + block.size) continue;
    if (first == nullptr || block.begin < first->begin) first = &block;
  }
  return first;
}

}  // namespace reprise::internal
