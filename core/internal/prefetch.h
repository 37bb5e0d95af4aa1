// prefetch(): begins to load memory into the processor's cache.
#pragma once

namespace reprise::internal {

/// The cache line at `address`, which need not be valid.
inline void prefetch(const void* address) { __builtin_prefetch(address); }

}  // namespace reprise::internal
