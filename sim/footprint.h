// Footprint: which memory one entry of a machine has loaded and stored, as the store watch saw it.
// Two entries that do not touch each other's memory have the same outcome in either order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// Addresses are those of this process, so no part of a footprint may get into a trace.
struct MemoryRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
};

struct Footprint {
  std::uint64_t event = 0;  // number of the entry's event in the run, from 1
  std::uint32_t task = 0;
  std::vector<MemoryRange> loaded;  // sorted, disjoint
  std::vector<MemoryRange> stored;  // likewise

  /// Whether neither stores to memory that the other loads or stores. (Submitted I/O is not
  /// considered.)
  bool commutes_with(const Footprint& other) const;
};

/// Sorts ranges, and joins those that overlap or touch.
std::vector<MemoryRange> joined(std::vector<MemoryRange> ranges);

}  // namespace reprise
