#include "scenarios/pager/page_cache.h"

#include <algorithm>

namespace reprise::pager {

PageCache::PageCache(std::size_t frame_count) : frames_(frame_count) {
  REPRISE_ASSERT(frame_count >= 2, "a page cache needs two frames");
  for (Frame& frame : frames_) frame.buffer = Buffer::allocate(page_size);
}

std::optional<FrameId> PageCache::find(PageNumber page, Owner owner) const {
  for (FrameId id = 0; id < frames_.size(); ++id) {
    if (frames_[id].page == page && frames_[id].owner == owner) return id;
  }
  return std::nullopt;
}

std::optional<FrameId> PageCache::evictable() const {
  std::optional<FrameId> best;
  for (FrameId id = 0; id < frames_.size(); ++id) {
    const Frame& frame = frames_[id];
    if (frame.state == Frame::State::free) return id;
    if (frame.pins > 0 || frame.dirty) continue;
    if (!best || frame.last_used < frames_[*best].last_used) best = id;
  }
  return best;
}

std::optional<FrameId> PageCache::spillable(Owner owner) const {
  const std::vector<FrameId> dirty = dirty_frames(owner);
  if (dirty.size() < 2) return std::nullopt;
  return *std::ranges::min_element(dirty, {}, [this](FrameId id) { return frames_[id].last_used; });
}

std::vector<FrameId> PageCache::dirty_frames(Owner owner) const {
  std::vector<FrameId> dirty;
  for (FrameId id = 0; id < frames_.size(); ++id) {
    if (frames_[id].dirty && frames_[id].owner == owner) dirty.push_back(id);
  }
  std::ranges::sort(dirty, {}, [this](FrameId id) { return frames_[id].page; });
  return dirty;
}

bool PageCache::has_dirty(Owner owner) const {
  return std::ranges::any_of(
      frames_, [owner](const Frame& frame) { return frame.dirty && frame.owner == owner; });
}

bool PageCache::loading_from_wal() const {
  return std::ranges::any_of(frames_, [](const Frame& frame) {
    return frame.state == Frame::State::loading && frame.from_wal;
  });
}

void PageCache::assign(FrameId id, PageNumber page, Owner owner) {
  Frame& frame = frames_[id];
  REPRISE_ASSERT(frame.pins == 0, "a pinned frame is not to be reused");
  if (frame.state != Frame::State::free) evictions_ += 1;
  frame.state = Frame::State::ready;
  frame.page = page;
  frame.owner = owner;
  frame.dirty = false;
  frame.load_error = IOError::none;
  frame.last_used = ++clock_;
}

void PageCache::end_load(FrameId id) {
  Frame& frame = frames_[id];
  frame.state = Frame::State::ready;
  frame.load_error = frame.load.error();
  if (frame.load_error == IOError::none && frame.load.moved() != page_size) {
    frame.load_error = IOError::corrupt;
  }
  if (frame.load_error != IOError::none) drop(id);
}

void PageCache::pin(FrameId id) {
  frames_[id].pins += 1;
  frames_[id].last_used = ++clock_;
}

void PageCache::unpin(FrameId id) {
  Frame& frame = frames_[id];
  REPRISE_ASSERT(frame.pins > 0, "the frame is not pinned");
  frame.pins -= 1;
  if (frame.pins == 0 && frame.page == no_page) frame.state = Frame::State::free;
}

void PageCache::drop(FrameId id) {
  Frame& frame = frames_[id];
  frame.page = no_page;
  frame.owner = committed;
  frame.dirty = false;
  if (frame.pins == 0) frame.state = Frame::State::free;
}

void PageCache::publish(PageNumber page, Owner owner) {
  if (const auto old = find(page, committed)) drop(*old);
  if (const auto own = find(page, owner)) {
    frames_[*own].owner = committed;
    frames_[*own].dirty = false;
  }
}

void PageCache::discard(Owner owner) {
  for (FrameId id = 0; id < frames_.size(); ++id) {
    if (frames_[id].page != no_page && frames_[id].owner == owner) drop(id);
  }
}

bool PageCache::sound() const {
  for (FrameId id = 0; id < frames_.size(); ++id) {
    const Frame& frame = frames_[id];
    if (frame.state == Frame::State::free && (frame.page != no_page || frame.pins > 0))
      return false;
    if (frame.state == Frame::State::loading && frame.pins == 0) return false;
    if (frame.dirty && (frame.state != Frame::State::ready || frame.owner == committed))
      return false;
    if (frame.page != no_page && find(frame.page, frame.owner) != id) return false;
  }
  return true;
}

std::uint64_t PageCache::pins() const {
  std::uint64_t pins = 0;
  for (const Frame& frame : frames_) pins += frame.pins;
  return pins;
}

}  // namespace reprise::pager
