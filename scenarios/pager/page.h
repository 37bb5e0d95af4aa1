// What the parts of the pager agree on: pages, their numbers, and who owns which version of a page.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise::pager {

/// Counted from 1.
using PageNumber = std::uint64_t;
inline constexpr PageNumber no_page = 0;

inline constexpr std::size_t page_size = 256;
using Page = std::array<std::byte, page_size>;

/// Whose version of a page: a session's own, not committed yet, or the one that all see.
using Owner = std::uint32_t;
inline constexpr Owner committed = 0;

/// A mistake put in on purpose, to show that it is noticed.
enum class Defect : std::uint8_t {
  none,
  publishes_before_write,  // the WAL index names frames whose write has not finished
  evicts_dirty,            // a changed page is dropped from the cache, not spilled
  keeps_pin_on_error,      // a failed read leaves its frame pinned
  counts_spill_twice,      // the end of the WAL is moved before the write that may yield
  takes_short_write,       // a short write is taken for a whole one
  unlocks_before_sync,     // the write lock is released before the commit is durable
};

}  // namespace reprise::pager
