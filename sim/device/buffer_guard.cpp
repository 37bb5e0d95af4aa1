#include <reprise/sim/device/buffer_guard.h>

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace reprise {

void poison(std::span<const Buffer> buffers) {
  for (const Buffer& buffer : buffers) poison(buffer.bytes());
}

std::uint64_t digest_of_bytes(std::span<const Buffer> buffers) {
  std::uint64_t digest = 0;
  for (const Buffer& buffer : buffers) {
    digest = XXH3_64bits_withSeed(buffer.data(), buffer.size(), digest);
  }
  return digest;
}

std::optional<std::uint64_t> first_not_poisoned(std::span<const Buffer> buffers) {
  std::uint64_t before = 0;
  for (const Buffer& buffer : buffers) {
    const std::span<const std::byte> bytes = buffer.bytes();
    const bool is_whole =
        bytes.empty() || (bytes.front() == poison_byte &&
                          std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
    if (!is_whole) {
      const auto is_other = [](std::byte byte) { return byte != poison_byte; };
      return before +
             static_cast<std::uint64_t>(std::ranges::find_if(bytes, is_other) - bytes.begin());
    }
    before += bytes.size();
  }
  return std::nullopt;
}

}  // namespace reprise
