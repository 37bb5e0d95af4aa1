// PageCache: a fixed number of frames that hold pages in memory. It does no I/O and never yields;
// sessions load, spill and evict through it.
//
//   std::optional<FrameId> id = cache.find(7, committed);
//   if (!id && (id = cache.evictable())) cache.assign(*id, 7, committed);
//   cache.pin(*id);   ... load it, copy its bytes ...   cache.unpin(*id);
#pragma once

#include <reprise/core/core.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/pager/page.h"
#include "scenarios/pager/transfer.h"

namespace reprise::pager {

using FrameId = std::size_t;

/// Invariants: free: no page, no pins. Loading: pinned. Dirty: ready, and not `committed`.
struct Frame {
  enum class State : std::uint8_t { free, loading, ready };

  State state = State::free;
  PageNumber page = no_page;  // no_page in a frame that is not free: dropped, but still pinned
  Owner owner = committed;
  Tracked<bool> dirty{"dirty"};         // differs from what the WAL or the database file holds
  Tracked<std::uint32_t> pins{"pins"};  // operations that use it; it is not reused meanwhile
  std::uint64_t last_used = 0;
  Buffer buffer;
  Transfer load;                       // loading: what fills the buffer
  IOError load_error = IOError::none;  // ready: the bytes are not the page's
  bool from_wal = false;
};

class PageCache {
 public:
  /// Two frames at least: a page to change, and one to go on reading with.
  explicit PageCache(std::size_t frame_count);

  Frame& operator[](FrameId id) { return frames_[id]; }
  /// The frame that holds, or loads, this version of a page.
  std::optional<FrameId> find(PageNumber page, Owner owner) const;
  /// A frame that nobody would miss: free, or else the one least recently used of those that are
  /// neither pinned nor dirty.
  std::optional<FrameId> evictable() const;
  /// The least recently used of the owner's dirty frames, if it has another one too: the last dirty
  /// page of a transaction stays, to carry its commit mark.
  std::optional<FrameId> spillable(Owner owner) const;
  /// The owner's dirty frames, by page.
  std::vector<FrameId> dirty_frames(Owner owner) const;
  bool has_dirty(Owner owner) const;
  /// Some frame is being loaded from the WAL.
  bool loading_from_wal() const;

  /// Gives an evictable frame to a page. Its bytes are not the page's yet.
  void assign(FrameId id, PageNumber page, Owner owner);
  /// The load has ended. After an error the frame is dropped, and load_error tells all who waited.
  void end_load(FrameId id);
  void pin(FrameId id);
  void unpin(FrameId id);
  /// No lookup finds it any more; free as soon as nobody pins it.
  void drop(FrameId id);
  /// The owner's version of `page` is the committed one from now on, in the cache or not.
  void publish(PageNumber page, Owner owner);
  /// Drops all versions of an owner.
  void discard(Owner owner);

  /// The invariants hold, and no version of a page stands in two frames.
  bool sound() const;
  std::uint64_t pins() const;
  std::uint64_t evictions() const { return evictions_; }

 private:
  std::vector<Frame> frames_;
  std::uint64_t clock_ = 0;
  std::uint64_t evictions_ = 0;
};

}  // namespace reprise::pager
