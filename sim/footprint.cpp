
#include <reprise/sim/footprint.h>

#include <algorithm>

namespace reprise {

namespace {

bool overlap(const std::vector<MemoryRange>& a, const std::vector<MemoryRange>& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].end <= b[j].begin) {
      ++i;
    } else if (b[j].end <= a[i].begin) {
      ++j;
    } else {
      return true;
    }
  }
  return false;
}

}  // namespace

bool Footprint::commutes_with(const Footprint& other) const {
  return !overlap(stored, other.stored) && !overlap(stored, other.loaded) &&
         !overlap(loaded, other.stored);
}

std::vector<MemoryRange> joined(std::vector<MemoryRange> ranges) {
  std::ranges::sort(ranges, {}, &MemoryRange::begin);
  std::vector<MemoryRange> result;
  for (const MemoryRange& range : ranges) {
    if (!result.empty() && range.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, range.end);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace reprise
