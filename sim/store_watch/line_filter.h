// LineFilter: a filter for 64-byte lines of memory that are of interest. It may say yes for other
// lines, but never says no for one of these.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/store_watch/epoch_table.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise {

class LineFilter {
 public:
  void clear() {
    if (is_empty_) return;
    bits_ = {};
    is_empty_ = true;
  }

  void add(std::uintptr_t begin, std::size_t size) {
    is_empty_ = false;
    for (std::uintptr_t line = begin >> line_bits; line <= (begin + size - 1) >> line_bits;
         ++line) {
      const std::uint64_t bit = bit_of(line);
      bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
  }

  bool may_hold(std::uintptr_t begin, std::size_t size) const {
    if (is_empty_) return false;
    // For a large block, saying yes is cheaper than looking.
    constexpr std::size_t lines_max = 256;
    const std::uintptr_t first = begin >> line_bits;
    const std::uintptr_t last = (begin + size) >> line_bits;
    if (last - first > lines_max) return true;
    for (std::uintptr_t line = first; line <= last; ++line) {
      const std::uint64_t bit = bit_of(line);
      if (((bits_[bit / 64] >> (bit % 64)) & 1U) != 0) return true;
    }
    return false;
  }

 private:
  static constexpr unsigned line_bits = 6;

  std::uint64_t bit_of(std::uintptr_t line) const {
    return internal::spread(line) % (bits_.size() * 64);
  }

  std::array<std::uint64_t, 128> bits_{};
  bool is_empty_ = true;
};

}  // namespace reprise
