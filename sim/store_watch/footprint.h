// Footprint: which memory one entry of a machine has loaded and stored, as the store watch saw it.
// Two entries that touch nothing of each other's come out the same in either order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// Addresses, of this process: nothing of a footprint may get into a trace.
struct MemoryRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
};

struct Footprint {
  std::uint64_t event = 0;  // of the run, counted from 1, in which the entry was made
  std::uint32_t task = 0;
  std::vector<MemoryRange> loaded;  // sorted, disjoint
  std::vector<MemoryRange> stored;  // likewise

  /// Neither stores what the other loads or stores. (I/O that both submit is not looked at.)
  bool commutes_with(const Footprint& other) const;
};

/// Sorts, and joins what overlaps or touches.
std::vector<MemoryRange> joined(std::vector<MemoryRange> ranges);

}  // namespace reprise
