// What tells a device, when an I/O takes effect, whether somebody else has touched its buffers.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/internal/open.h>

#include <cstdint>
#include <optional>
#include <span>

namespace reprise {

/// The digest of a write's bytes.
std::uint64_t digest_of_bytes(std::span<const Buffer> buffers);

/// The first byte, counted over all buffers, that poison() has not left there.
std::optional<std::uint64_t> first_not_poisoned(std::span<const Buffer> buffers);

}  // namespace reprise
