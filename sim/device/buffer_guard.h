// Lets a device tell, when an I/O takes effect, whether other code has changed its buffers.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/internal/open.h>

#include <cstdint>
#include <optional>
#include <span>

namespace reprise {

/// The digest of a write's bytes.
std::uint64_t digest_of_bytes(std::span<const Buffer> buffers);

/// The position of the first byte, counted over all buffers, that differs from what poison() wrote.
std::optional<std::uint64_t> first_not_poisoned(std::span<const Buffer> buffers);

}  // namespace reprise
