// Buffer guard: what a device does to the buffers of an I/O in flight, so that it can tell, when
// the I/O takes effect, whether other code has changed them.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/internal/open.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace reprise {

/// The content of a read's buffer where the device wrote nothing.
inline constexpr std::byte poison_byte{0xDB};

/// Fills the bytes with poison_byte.
inline void poison(std::span<std::byte> bytes) {
  if (bytes.empty()) return;
  std::memset(bytes.data(), std::to_integer<int>(poison_byte), bytes.size());
}
/// Fills all of the buffers.
void poison(std::span<const Buffer> buffers);

/// The digest of a write's bytes.
std::uint64_t digest_of_bytes(std::span<const Buffer> buffers);

/// The position of the first byte, counted over all buffers, that differs from what poison() wrote.
std::optional<std::uint64_t> first_not_poisoned(std::span<const Buffer> buffers);

}  // namespace reprise
