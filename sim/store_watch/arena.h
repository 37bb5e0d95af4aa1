// Arena: the memory of an engine that is never shut down in an orderly way. A power loss drops its
// frames as they are, so nothing would free what they own: the arena takes everything back at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise::internal {

/// Blocks of powers of two, which are used again by size. The same calls give blocks at the same
/// places. It allocates nothing elsewhere, so it may stand in the place of malloc.
class Arena {
 public:
  /// Reserves addresses for `bytes_max`; memory is taken as it is used. REQUIRES: a multiple of
  /// span_bytes, 1 GiB at most.
  explicit Arena(std::size_t bytes_max = std::size_t{1} << 30);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// Aligned to the next power of two, to 16 bytes at least and span_bytes at most. Null: there is
  /// no more.
  void* allocate(std::size_t bytes);
  void release(void* bytes);
  void* reallocate(void* bytes, std::size_t size);
  /// How many bytes the block can hold.
  std::size_t size_of(const void* bytes) const;
  bool holds(const void* address) const {
    return reinterpret_cast<std::uintptr_t>(address) - begin_ < bytes_max_;
  }

  /// Frees all blocks, and keeps the memory for the next. It is cleared, because an engine that
  /// reads a damaged file may read what it has not written.
  void reset();

  static constexpr std::size_t span_bytes = std::size_t{64} << 10;

 private:
  struct Free {
    Free* next;
  };
  /// Blocks of one order that are carved one after the other.
  struct Carving {
    std::uintptr_t next = 0;
    std::uintptr_t end = 0;
  };
  static constexpr unsigned order_min = 4;
  static constexpr unsigned order_max = 30;
  static constexpr std::size_t spans_max = (std::size_t{1} << order_max) / span_bytes;

  static unsigned order_of(std::size_t bytes);
  std::size_t span_of(std::uintptr_t address) const { return (address - begin_) / span_bytes; }
  /// Spans for blocks of this order; false: there are no more.
  bool take_spans(unsigned order);

  std::uintptr_t begin_ = 0;
  std::size_t bytes_max_;
  void* mapped_ = nullptr;
  std::size_t spans_used_ = 0;
  std::array<Free*, order_max + 1> free_{};       // by order
  std::array<Carving, order_max + 1> carving_{};  // by order
  std::array<std::uint8_t, spans_max> orders_{};  // by span: of the blocks that are in it
};

}  // namespace reprise::internal
