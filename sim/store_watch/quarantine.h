// Quarantine: memory that the code under test has freed in this run. It is filled with a pattern
// and kept until the run ends, so that later uses are noticed. Its size is bounded: the oldest
// blocks go first, and large blocks are not kept.
#pragma once

#include <reprise/sim/store_watch/call_paths.h>
#include <reprise/sim/store_watch/epoch_table.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise::internal {

/// A block from malloc(), and who freed it.
struct FreedMemory {
  std::uintptr_t begin = 0;
  std::size_t size = 0;     // bytes
  CodeAddress code;         // the code that freed it
  std::uint64_t actor = 0;  // see MemoryWatch::set_actor()
};

class Quarantine {
 public:
  static constexpr std::size_t block_bytes_max = std::size_t{256} << 10;
  static constexpr std::size_t bytes_max = std::size_t{4} << 20;
  static constexpr std::size_t blocks_max = 8192;
  static constexpr int poison = 0xDB;

  Quarantine() = default;
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;
  ~Quarantine() { release_all(); }

  /// Keeps a block, which must then not be freed; false if it is too large.
  bool keep(const FreedMemory& memory);
  void release_all();

  /// Whether any of these bytes is in a kept block.
  bool holds(std::uintptr_t address, std::size_t size) const {
    if (address >= end_ || address + size <= begin_) return false;
    const std::uintptr_t last = (address + size - 1) / granule;
    for (std::uintptr_t at = address / granule; at <= last; ++at) {
      if (holds_granule(at)) return true;
    }
    return false;
  }
  /// The first kept block that has any of these bytes, or null.
  const FreedMemory* block_of(std::uintptr_t address, std::size_t size) const;

 private:
  static constexpr std::uintptr_t granule = 16;  // bytes: what malloc aligns to
  static constexpr std::uintptr_t page = 256;    // granules
  using Page = std::array<std::uint64_t, page / 64>;

  /// A recently used page, with its content.
  struct Recent {
    std::uintptr_t key = UINTPTR_MAX;
    Page page{};
  };

  bool holds_granule(std::uintptr_t number) const {
    const std::uintptr_t key = number / page;
    Recent& recent = recent_[key % recent_.size()];
    if (recent.key != key) {
      const Page* const known = pages_.find(key);
      recent = {key, known == nullptr ? Page{} : *known};
    }
    return ((recent.page[number % page / 64] >> (number % 64)) & 1U) != 0;
  }
  void mark(const FreedMemory& memory, bool is_kept);
  void release_oldest();

  std::vector<FreedMemory> blocks_;  // a ring once it is full
  std::size_t oldest_ = 0;           // the first in blocks_ that is still kept
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::uintptr_t begin_ = UINTPTR_MAX, end_ = 0;  // encloses all blocks
  EpochTable<std::uint64_t, Page> pages_;
  mutable std::array<Recent, 64> recent_{};
};

}  // namespace reprise::internal
