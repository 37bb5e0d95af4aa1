#include <algorithm>
#include <cstring>
#include <utility>

#include "scenarios/pager/pager.h"

namespace reprise::pager {

// --- The transaction's begin ---

IOResult<Unit> Session::begin() {
  IOResult<Unit> answer = begin_steps();
  if (!answer.is_io()) begin_state_ = BeginState::start;
  if (answer.is_err()) release_lock();
  return answer;
}

IOResult<Unit> Session::begin_steps() {
  for (;;) {
    switch (begin_state_) {
      case BeginState::start:
        if (pager_.lock_.held()) pager_.stats_.lock_waits += 1;
        begin_state_ = BeginState::wait;
        break;
      case BeginState::wait:
        RETURN_IF_IO(write_lock_.acquire());
        holds_lock_ = true;
        begin_state_ = BeginState::prepare;
        break;
      case BeginState::prepare:
        RETURN_IF_IO(pager_.wal_.prepare());
        page_count_ = pager_.page_count_;
        end_ = pager_.wal_.tail().end;
        checksum_ = pager_.wal_.tail().checksum;
        return Unit{};
    }
  }
}

void Session::release_lock() {
  if (!holds_lock_) return;
  holds_lock_ = false;
  write_lock_.release();
}

// --- Pages ---

IOResult<Page> Session::read(PageNumber page) {
  const FrameId id = RETURN_IF_IO(acquire(page, Access::read));
  Page bytes;
  std::memcpy(bytes.data(), pager_.cache_[id].buffer.data(), bytes.size());
  let_go();
  return bytes;
}

IOResult<Unit> Session::write(PageNumber page, const Page& bytes) {
  const FrameId id = RETURN_IF_IO(acquire(page, Access::write));
  std::memcpy(pager_.cache_[id].buffer.data(), bytes.data(), bytes.size());
  pager_.cache_[id].dirty = true;
  let_go();
  return Unit{};
}

IOResult<PageNumber> Session::allocate() {
  const PageNumber page = page_count_ + 1;
  RETURN_IF_IO(write(page, Page{}));
  page_count_ = page;
  return page;
}

IOResult<FrameId> Session::acquire(PageNumber page, Access access) {
  IOResult<FrameId> answer = acquire_steps(page, access);
  if (!answer.is_io()) acquire_state_ = AcquireState::look_up;
  if (answer.is_err() && frame_) {
    if (pager_.defect_ == Defect::keeps_pin_on_error) frame_.reset();
    if (frame_) let_go();
  }
  return answer;
}

IOResult<FrameId> Session::acquire_steps(PageNumber page, Access access) {
  for (;;) {
    switch (acquire_state_) {
      case AcquireState::look_up: acquire_state_ = look_up(page, access); break;
      case AcquireState::make_room:
        RETURN_IF_IO(make_room());
        acquire_state_ = AcquireState::look_up;  // others ran meanwhile: look again
        break;
      case AcquireState::load: {
        Frame& frame = pager_.cache_[*frame_];
        if (frame.state == Frame::State::loading) {
          // All who read this page wait for the one load; who comes first takes its result.
          if (!frame.load.advance()) IO_YIELD_ONE(frame.load.pending());
          pager_.cache_.end_load(*frame_);
        }
        if (frame.load_error != IOError::none) return frame.load_error;
        if (frame.page == page) return *frame_;
        pager_.stats_.overtaken_loads += 1;
        let_go();
        acquire_state_ = AcquireState::look_up;
        break;
      }
    }
  }
}

// Never yields, so that nobody comes between the look and the pin.
Session::AcquireState Session::look_up(PageNumber page, Access access) {
  PageCache& cache = pager_.cache_;
  const bool is_own =
      access == Access::write || cache.find(page, owner_) || frames_->contains(page);
  const Owner owner = is_own ? owner_ : committed;
  std::optional<FrameId> id = cache.find(page, owner);
  const bool found = id.has_value();
  if (!found) id = cache.evictable();
  if (!id) return AcquireState::make_room;
  if (!found) cache.assign(*id, page, owner);
  cache.pin(*id);
  frame_ = id;
  if (!found && access == Access::read) start_load(page);
  return AcquireState::load;
}

// From the newest place that this session may see: its own frame in the log, a committed one, or
// the database file.
void Session::start_load(PageNumber page) {
  Frame& frame = pager_.cache_[*frame_];
  const FrameIndex& index = frame.owner == owner_ ? *frames_ : pager_.wal_.index();
  const auto place = index.find(page);
  frame.from_wal = place != index.end();
  frame.load = frame.from_wal ? pager_.wal_.read(place->second, frame.buffer)
                              : pager_.read_database(page, frame.buffer);
  frame.state = Frame::State::loading;
}

void Session::let_go() {
  pager_.cache_.unpin(*frame_);
  frame_.reset();
  pager_.room_.wake_all();
}

// --- Room in the cache ---

IOResult<Unit> Session::make_room() {
  IOResult<Unit> answer = make_room_steps();
  if (answer.is_io()) return answer;
  room_state_ = RoomState::choose;
  if (victim_) {
    pager_.cache_.unpin(*victim_);
    victim_.reset();
    pager_.room_.wake_all();
  }
  return answer;
}

IOResult<Unit> Session::make_room_steps() {
  for (;;) {
    switch (room_state_) {
      case RoomState::choose:
        if (pager_.cache_.evictable()) return Unit{};
        room_state_ = choose_victim();
        break;
      case RoomState::spill:
        if (pager_.defect_ == Defect::counts_spill_twice) end_ += 1;
        RETURN_IF_IO(batch_.step());
        end_spill();
        return Unit{};
      case RoomState::wait: RETURN_IF_IO(room_.wait()); return Unit{};
    }
  }
}

// A transaction spills pages of its own. Who has none to spill waits until others let go of theirs.
Session::RoomState Session::choose_victim() {
  const std::optional<FrameId> victim = pager_.cache_.spillable(owner_);
  if (!victim) {
    pager_.stats_.room_waits += 1;
    return RoomState::wait;
  }
  if (pager_.defect_ == Defect::evicts_dirty) {
    pager_.cache_.drop(*victim);
    return RoomState::choose;
  }
  const Frame& frame = pager_.cache_[*victim];
  next_tail_ = {end_, checksum_};
  batch_ = {};
  pager_.wal_.append(batch_, next_tail_, frame.page, 0, frame.buffer);
  pager_.cache_.pin(*victim);
  victim_ = victim;
  return RoomState::spill;
}

void Session::end_spill() {
  Frame& frame = pager_.cache_[*victim_];
  frames_.set_at(frame.page, next_tail_.end - 1);
  end_ = next_tail_.end;
  checksum_ = next_tail_.checksum;
  frame.dirty = false;
  pager_.stats_.spills += 1;
  pager_.stats_.resumed_writes += batch_.resumed();
}

// --- The transaction's end ---

IOResult<Unit> Session::commit() {
  IOResult<Unit> answer = commit_steps();
  if (answer.is_err()) {
    pager_.stats_.failed_commits += 1;
    rollback();
  }
  return answer;
}

IOResult<Unit> Session::commit_steps() {
  for (;;) {
    switch (commit_state_) {
      case CommitState::start:
        start_commit();
        if (batch_.transfers().empty()) {  // nothing was changed
          release_lock();
          return Unit{};
        }
        if (pager_.defect_ == Defect::publishes_before_write) publish();
        commit_state_ = CommitState::write;
        break;
      case CommitState::write:
        RETURN_IF_IO(batch_.step());
        sync_ = pager_.wal_.sync();
        commit_state_ = CommitState::sync;
        break;
      case CommitState::sync:
        if (pager_.defect_ == Defect::unlocks_before_sync) release_lock();
        RETURN_IF_IO(sync_.step());
        publish();
        release_lock();
        commit_state_ = CommitState::start;
        return Unit{};
    }
  }
}

// The dirty pages go to the log side by side; only the last one bears the commit mark.
void Session::start_commit() {
  const std::vector<FrameId> dirty = pager_.cache_.dirty_frames(owner_);
  batch_ = {};
  next_tail_ = {end_, checksum_};
  next_frames_ = frames_;
  for (const FrameId id : dirty) {
    const Frame& frame = pager_.cache_[id];
    const std::uint64_t commit_mark = id == dirty.back() ? *page_count_ : 0;
    next_frames_[frame.page] = next_tail_.end;
    pager_.wal_.append(batch_, next_tail_, frame.page, commit_mark, frame.buffer);
  }
}

void Session::publish() {
  pager_.wal_.publish(next_tail_, next_frames_, page_count_);
  pager_.page_count_ = page_count_;
  for (const auto& [page, frame] : next_frames_) pager_.cache_.publish(page, owner_);
  frames_.clear();
  pager_.stats_.commits += 1;
  pager_.stats_.resumed_writes += batch_.resumed();
  pager_.room_.wake_all();
}

void Session::rollback() {
  pager_.cache_.discard(owner_);
  frames_.clear();
  commit_state_ = CommitState::start;
  pager_.stats_.rollbacks += 1;
  pager_.room_.wake_all();
  release_lock();
}

}  // namespace reprise::pager
