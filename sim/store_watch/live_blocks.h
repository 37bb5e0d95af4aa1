// LiveBlocks: the blocks that the code under test has allocated in this run and not freed, and
// whether anything points to them.
#pragma once

#include <reprise/sim/store_watch/call_paths.h>
#include <reprise/sim/store_watch/epoch_table.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace reprise::internal {

struct MemoryBlock {
  std::uintptr_t begin = 0;
  std::size_t size = 0;  // bytes
};

/// An entry of a run; all from 1, but for the task.
struct EntryNumber {
  std::uint32_t task = 0;
  std::uint32_t operation = 0;  // of the task
  std::uint32_t entry = 0;      // of the operation
};

/// A block that code under test has allocated in an entry.
struct AllocatedBlock {
  MemoryBlock block;
  CodeAddress code;
  std::uint64_t number = 0;  // of the allocation, in its run
  EntryNumber by = {};       // known only in a run that is looked at closely
};

class LiveBlocks {
 public:
  /// Forgets all blocks, and from now on only lists what happens, until catch_up().
  void clear();
  void add(std::uintptr_t begin, std::size_t size) {
    if (is_listing_) return list({begin, size});
    add_now(begin, size);
  }
  void remove(std::uintptr_t begin) {
    if (is_listing_) return list({begin, 0});
    remove_now(begin);
  }
  /// What was listed since clear(): blocks allocated and, with size 0, freed.
  std::span<const MemoryBlock> listed() const { return listed_; }
  /// Knows all blocks from now on.
  void catch_up();
  /// 0 if no live block begins there.
  std::size_t size_at(std::uintptr_t begin) const;
  /// The number of the last allocation, from 1.
  std::uint64_t last_number() const { return last_number_; }
  /// Whether the block of this allocation has not been freed.
  bool is_live(std::uintptr_t begin, std::uint64_t number) const;

  /// From now on, and not only in this run, remembers which of these blocks of an earlier run are
  /// freed. They must be live.
  void follow(std::vector<AllocatedBlock> blocks) { followed_ = std::move(blocks); }
  /// Those that are still live.
  const std::vector<AllocatedBlock>& followed() const { return followed_; }

  /// For each of `blocks`, whether a word that looks like the address of one of its bytes lies in
  /// another live block, in static variables of the program and its libraries, or in `others`
  /// (stacks). Takes milliseconds when many blocks are live.
  std::vector<bool> have_pointers(std::span<const MemoryBlock> blocks,
                                  std::span<const MemoryBlock> others) const;
  /// Whether `address` lies in a live block that belongs to one of `objects`: such a block is
  /// reached from the object by pointers to the beginnings of live blocks, as containers and smart
  /// pointers have them.
  bool belongs_to(std::span<const MemoryBlock> objects, std::uintptr_t address) const;

 private:
  void list(const MemoryBlock& block) {
    if (listed_.size() == listed_.capacity()) [[unlikely]]
      grow_list();
    listed_.push_back(block);
  }
  void grow_list();
  void add_now(std::uintptr_t begin, std::size_t size);
  void remove_now(std::uintptr_t begin);

  struct Known {
    std::size_t size = 0;  // 0: freed
    std::uint64_t number = 0;
  };

  bool is_listing_ = false;
  std::vector<MemoryBlock> listed_;
  std::vector<std::uintptr_t> begins_;      // in the order of allocation, freed ones included
  EpochTable<std::uint64_t, Known> known_;  // by begin
  std::uint64_t last_number_ = 0;
  std::vector<AllocatedBlock> followed_;
};

}  // namespace reprise::internal
