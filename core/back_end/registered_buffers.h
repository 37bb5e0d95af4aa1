// RegisteredBuffers: the buffers that the kernel has mapped, by address.
#pragma once

#include <reprise/core/buffer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace reprise::internal {

class RegisteredBuffers {
 public:
  /// Keeps them; the kernel knows each by its place here.
  void keep(std::span<const Buffer> buffers) {
    for (const Buffer& buffer : buffers) {
      ranges_.push_back(
          {address(buffer), buffer.size(), static_cast<std::uint16_t>(ranges_.size())});
    }
    std::ranges::sort(ranges_, {}, &Range::begin);
    buffers_.assign(buffers.begin(), buffers.end());
  }
  bool empty() const { return ranges_.empty(); }

  /// The place of the registered buffer that contains all of `buffer`.
  std::optional<std::uint16_t> find(const Buffer& buffer) const {
    const std::uintptr_t begin = address(buffer);
    const auto after = std::ranges::upper_bound(ranges_, begin, {}, &Range::begin);
    if (after == ranges_.begin()) return std::nullopt;
    const Range& range = *(after - 1);
    const std::size_t room = range.size - std::min<std::size_t>(begin - range.begin, range.size);
    if (buffer.size() > room) return std::nullopt;
    return range.place;
  }

 private:
  struct Range {
    std::uintptr_t begin;
    std::size_t size;
    std::uint16_t place;
  };

  static std::uintptr_t address(const Buffer& buffer) {
    return reinterpret_cast<std::uintptr_t>(buffer.data());
  }

  std::vector<Range> ranges_;  // by address
  std::vector<Buffer> buffers_;
};

}  // namespace reprise::internal
