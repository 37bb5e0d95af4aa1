// The heap that a library under test is given: an allocation of it may fail, no block may be held
// when the run ends, and none may be released twice or written to afterwards.
#pragma once

#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace reprise::libraries {

class Heap {
 public:
  /// One of the first `allocations_max - 1` allocations may fail, and then perhaps all later ones.
  /// `of` is whose heap it is.
  Heap(Sim& sim, const std::string& of, std::uint32_t allocations_max)
      : sim_(sim),
        fails_at_(sim.choose(of + " allocation that fails", allocations_max)),
        stays_empty_(fails_at_ > 0 && sim.flip(of + " later allocations fail too")) {
    sim.held("blocks of the " + of, [this] { return blocks_; });
    sim.finally("nobody writes to released blocks of the " + of, [this] {
      return std::ranges::all_of(released_, [](Block* block) { return is_as_released(*block); });
    });
  }
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap() {
    for (Block* const block : released_) std::free(block);
  }

  void* allocate(std::size_t size) {
    if (fails()) return nullptr;
    auto* const block = static_cast<Block*>(std::malloc(sizeof(Block) + size));
    *block = {size, true};
    ++blocks_;
    return block + 1;
  }
  void* resize(void* bytes, std::size_t size) {
    void* const larger = allocate(size);
    if (bytes == nullptr || larger == nullptr) return larger;
    std::memcpy(larger, bytes, std::min(size, block_of(bytes)->size));
    release(bytes);
    return larger;
  }
  void release(void* bytes) {
    if (bytes == nullptr) return;
    Block* const block = block_of(bytes);
    if constexpr (REPRISE_IS_WATCHED) {
      // The watch sees what is done to freed memory, and to memory only if it is freed.
      --blocks_;
      return std::free(block);
    }
    if (!sim_.expect(block->is_held, "a block is released once")) return;
    block->is_held = false;
    std::memset(bytes, released_byte, block->size);
    released_.push_back(block);
    --blocks_;
  }
  /// Whether an allocation has failed.
  bool has_failed() const { return has_failed_; }
  std::uint64_t blocks() const { return blocks_; }

 private:
  struct alignas(std::max_align_t) Block {
    std::size_t size;  // of the bytes behind it
    bool is_held;
  };
  static constexpr unsigned char released_byte = 0xDF;

  static Block* block_of(void* bytes) { return static_cast<Block*>(bytes) - 1; }
  static bool is_as_released(const Block& block) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&block + 1);
    return std::all_of(bytes, bytes + block.size,
                       [](unsigned char byte) { return byte == released_byte; });
  }
  bool fails() {
    ++asked_;
    const bool fails = asked_ == fails_at_ || (stays_empty_ && asked_ > fails_at_);
    has_failed_ = has_failed_ || fails;
    return fails;
  }

  Sim& sim_;
  std::uint64_t fails_at_;  // 0: never
  bool stays_empty_;
  bool has_failed_ = false;
  std::uint64_t asked_ = 0;
  std::uint64_t blocks_ = 0;
  std::vector<Block*> released_;  // kept until the run ends
};

}  // namespace reprise::libraries
