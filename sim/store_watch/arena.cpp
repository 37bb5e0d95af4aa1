#include <reprise/sim/store_watch/arena.h>

#include <reprise/core/assert.h>

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace reprise::internal {

Arena::Arena(std::size_t bytes_max) : bytes_max_(bytes_max) {
  REPRISE_ASSERT(bytes_max % span_bytes == 0 && bytes_max / span_bytes <= spans_max,
                 "an arena has whole spans, and 1 GiB at most");
  mapped_ = mmap(nullptr, bytes_max + span_bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped_ == MAP_FAILED) {
    mapped_ = nullptr;
    bytes_max_ = 0;
    return;
  }
  begin_ = (reinterpret_cast<std::uintptr_t>(mapped_) + span_bytes - 1) / span_bytes * span_bytes;
}

Arena::~Arena() {
  if (mapped_ != nullptr) munmap(mapped_, bytes_max_ + span_bytes);
}

unsigned Arena::order_of(std::size_t bytes) {
  const auto order = static_cast<unsigned>(std::bit_width(bytes == 0 ? 0 : bytes - 1));
  return std::max(order, order_min);
}

bool Arena::take_spans(unsigned order) {
  const std::size_t bytes = std::max(std::size_t{1} << order, span_bytes);
  const std::size_t count = bytes / span_bytes;
  if (bytes_max_ / span_bytes - spans_used_ < count) return false;
  const std::size_t first = std::exchange(spans_used_, spans_used_ + count);
  std::fill_n(orders_.begin() + static_cast<std::ptrdiff_t>(first), count,
              static_cast<std::uint8_t>(order));
  carving_[order] = {begin_ + first * span_bytes, begin_ + (first + count) * span_bytes};
  return true;
}

void* Arena::allocate(std::size_t bytes) {
  const unsigned order = order_of(bytes);
  if (order > order_max) return nullptr;
  if (Free*& free = free_[order]; free != nullptr) return std::exchange(free, free->next);
  Carving& carving = carving_[order];
  if (carving.next == carving.end && !take_spans(order)) return nullptr;
  const std::uintptr_t block = carving.next;
  carving.next += std::size_t{1} << order;
  return reinterpret_cast<void*>(block);
}

void Arena::release(void* bytes) {
  if (bytes == nullptr) return;
  Free*& free = free_[orders_[span_of(reinterpret_cast<std::uintptr_t>(bytes))]];
  free = new (bytes) Free{free};
}

void* Arena::reallocate(void* bytes, std::size_t size) {
  if (bytes != nullptr && size <= size_of(bytes)) return bytes;
  void* const moved = allocate(size);
  if (moved == nullptr || bytes == nullptr) return moved;
  std::memcpy(moved, bytes, size_of(bytes));
  release(bytes);
  return moved;
}

std::size_t Arena::size_of(const void* bytes) const {
  return std::size_t{1} << orders_[span_of(reinterpret_cast<std::uintptr_t>(bytes))];
}

void Arena::reset() {
  // Only the beginning of a span that is being carved was used.
  for (std::size_t span = 0; span < spans_used_; ++span) {
    const std::uintptr_t begin = begin_ + span * span_bytes;
    const Carving& carving = carving_[orders_[span]];
    const bool is_carved = begin < carving.end && begin + span_bytes > carving.next &&
                           begin >= carving.next / span_bytes * span_bytes;
    const std::size_t used = is_carved ? carving.next - begin : span_bytes;
    std::memset(reinterpret_cast<void*>(begin), 0, used);
  }
  free_.fill(nullptr);
  carving_.fill({});
  spans_used_ = 0;
}

}  // namespace reprise::internal
