// Arena: the memory of an engine that is never shut down in an orderly way. A power loss drops its
// frames as they are, so nothing would free what they own: the arena takes everything back at once.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace reprise::sqlite {

/// Blocks of powers of two, which are used again by size. The same calls give the same blocks.
class Arena {
 public:
  /// Aligned to 16 bytes.
  void* allocate(std::size_t bytes) {
    const unsigned order = order_of(bytes);
    Block*& free = free_[order];
    if (free != nullptr) {
      Block* const block = free;
      free = block->next;
      return block->bytes();
    }
    Block* const block = carve(std::size_t{1} << order);
    block->order = order;
    return block->bytes();
  }
  void release(void* bytes) {
    if (bytes == nullptr) return;
    Block* const block = block_of(bytes);
    block->next = free_[block->order];
    free_[block->order] = block;
  }
  void* reallocate(void* bytes, std::size_t size) {
    if (bytes != nullptr && size <= size_of(bytes)) return bytes;
    void* const moved = allocate(size);
    if (bytes != nullptr) std::memcpy(moved, bytes, size_of(bytes));
    release(bytes);
    return moved;
  }
  /// How many bytes the block can hold.
  static std::size_t size_of(void* bytes) { return std::size_t{1} << block_of(bytes)->order; }

  /// Frees all blocks, and keeps the memory for the next. It is cleared, because an engine that
  /// reads a damaged file may read what it has not written.
  void reset() {
    for (std::size_t i = 0; i <= chunk_ && i < chunks_.size(); ++i) {
      std::memset(chunks_[i].bytes.get(), 0, i < chunk_ ? chunks_[i].size : used_);
    }
    free_.fill(nullptr);
    chunk_ = 0;
    used_ = 0;
  }

 private:
  struct alignas(16) Block {
    std::uint64_t order = 0;  // it holds 1 << order bytes
    Block* next = nullptr;    // while it is free

    void* bytes() { return this + 1; }
  };
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  static constexpr unsigned order_min = 4;
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

  static unsigned order_of(std::size_t bytes) {
    const auto order = static_cast<unsigned>(std::bit_width(bytes == 0 ? 0 : bytes - 1));
    return order < order_min ? order_min : order;
  }
  static Block* block_of(void* bytes) { return static_cast<Block*>(bytes) - 1; }

  Block* carve(std::size_t bytes) {
    const std::size_t needed = sizeof(Block) + bytes;
    while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < needed) {
      ++chunk_;
      used_ = 0;
    }
    if (chunk_ == chunks_.size()) {
      const std::size_t size = needed > chunk_bytes ? needed : chunk_bytes;
      chunks_.push_back({std::make_unique<std::byte[]>(size), size});
    }
    std::byte* const at = chunks_[chunk_].bytes.get() + used_;
    used_ += needed;
    return new (at) Block();
  }

  std::array<Block*, 48> free_{};  // by order
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the one that blocks are carved from
  std::size_t used_ = 0;   // bytes of it
};

}  // namespace reprise::sqlite
