
#include <reprise/sim/store_watch/live_blocks.h>

#include <reprise/sim/store_watch/entry_frame.h>

#include <link.h>

#include <algorithm>
#include <set>
#include <utility>

namespace reprise::internal {

namespace {

// Memory as it is, also where a sanitizer would object.
__attribute__((no_sanitize("address", "undefined"))) std::uintptr_t pointer_in(
    std::uintptr_t address) {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}

/// Calls `take` with each word of `memory` that is aligned like a pointer, and where it lies.
template <class Take>
void for_each_word(const MemoryBlock& memory, Take take) {
  constexpr std::uintptr_t word = sizeof(std::uintptr_t);
  std::uintptr_t at = (memory.begin + word - 1) / word * word;
  for (; at + word <= memory.begin + memory.size; at += word) take(pointer_in(at), at);
}

class BlockSearch {
 public:
  explicit BlockSearch(std::span<const MemoryBlock> blocks)
      : blocks_(blocks), found_(blocks.size()) {
    for (const MemoryBlock& block : blocks) {
      lowest_ = std::min(lowest_, block.begin);
      highest_ = std::max(highest_, block.begin + block.size);
    }
  }

  void look_into(const MemoryBlock& memory) {
    for_each_word(memory, [&](std::uintptr_t pointer, std::uintptr_t at) {
      if (pointer < lowest_ || pointer >= highest_) return;
      for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const bool is_inside = at - blocks_[i].begin < blocks_[i].size;  // it points to itself
        if (pointer - blocks_[i].begin < blocks_[i].size && !is_inside) found_[i] = true;
      }
    });
  }

  const std::vector<bool>& found() const { return found_; }

 private:
  std::span<const MemoryBlock> blocks_;
  std::vector<bool> found_;
  std::uintptr_t lowest_ = UINTPTR_MAX, highest_ = 0;
};

int look_into_module(dl_phdr_info* module, std::size_t, void* search) {
  for (unsigned i = 0; i < module->dlpi_phnum; ++i) {
    const auto& segment = module->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    static_cast<BlockSearch*>(search)->look_into(
        {module->dlpi_addr + segment.p_vaddr, segment.p_memsz});
  }
  return 0;
}

}  // namespace

void LiveBlocks::clear() {
  begins_.clear();
  known_.clear();
  last_number_ = 0;
  listed_.clear();
  is_listing_ = true;
}

void LiveBlocks::grow_list() {
  LiveBlocks* const told = std::exchange(live_blocks, nullptr);  // not of the list's own memory
  listed_.reserve(std::max<std::size_t>(1024, 2 * listed_.capacity()));
  live_blocks = told;
}

void LiveBlocks::catch_up() {
  is_listing_ = false;
  for (const MemoryBlock& block : listed_) {
    if (block.size == 0) {
      remove_now(block.begin);
    } else {
      add_now(block.begin, block.size);
    }
  }
  listed_.clear();
}

void LiveBlocks::add_now(std::uintptr_t begin, std::size_t size) {
  const auto [known, is_new] = known_.insert(begin);
  if (is_new) begins_.push_back(begin);
  *known = {size, ++last_number_};
}

void LiveBlocks::remove_now(std::uintptr_t begin) {
  if (Known* const known = known_.find(begin)) known->size = 0;
  if (!followed_.empty()) [[unlikely]] {
    std::erase_if(followed_, [&](const AllocatedBlock& each) { return each.block.begin == begin; });
  }
}

std::size_t LiveBlocks::size_at(std::uintptr_t begin) const {
  const Known* const known = known_.find(begin);
  return known == nullptr ? 0 : known->size;
}

bool LiveBlocks::is_live(std::uintptr_t begin, std::uint64_t number) const {
  const Known* const known = known_.find(begin);
  return known != nullptr && known->size != 0 && known->number == number;
}

std::vector<bool> LiveBlocks::have_pointers(std::span<const MemoryBlock> blocks,
                                            std::span<const MemoryBlock> others) const {
  BlockSearch search(blocks);
  for (const std::uintptr_t begin : begins_) search.look_into({begin, size_at(begin)});
  for (const MemoryBlock& other : others) search.look_into(other);
  dl_iterate_phdr(&look_into_module, &search);
  return search.found();
}

bool LiveBlocks::belongs_to(std::span<const MemoryBlock> objects, std::uintptr_t address) const {
  std::vector<MemoryBlock> reached(objects.begin(), objects.end());
  std::set<std::uintptr_t> known;
  bool is_found = false;
  for (std::size_t i = 0; i < reached.size() && !is_found; ++i) {
    const MemoryBlock from = reached[i];
    for_each_word(from, [&](std::uintptr_t pointer, std::uintptr_t) {
      const std::size_t size = size_at(pointer);
      if (size == 0 || !known.insert(pointer).second) return;
      reached.push_back({pointer, size});
      is_found = is_found || address - pointer < size;
    });
  }
  return is_found;
}

}  // namespace reprise::internal
