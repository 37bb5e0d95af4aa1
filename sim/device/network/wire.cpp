#include <reprise/sim/device/network/wire.h>

#include <algorithm>

namespace reprise {

namespace {

void remove_first(std::vector<std::byte>& bytes, std::size_t count) {
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

std::size_t Wire::put(std::span<const std::byte> bytes) {
  const std::size_t count = std::min(bytes.size(), room());
  on_way_.insert(on_way_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  taken_ += count;
  return count;
}

void Wire::arrive(std::size_t count) {
  const auto end = on_way_.begin() + static_cast<std::ptrdiff_t>(count);
  arrived_.insert(arrived_.end(), on_way_.begin(), end);
  remove_first(on_way_, count);
}

std::size_t Wire::take(std::span<std::byte> into) {
  const std::size_t count = std::min(into.size(), arrived_.size());
  std::copy_n(arrived_.begin(), count, into.begin());
  remove_first(arrived_, count);
  return count;
}

}  // namespace reprise
