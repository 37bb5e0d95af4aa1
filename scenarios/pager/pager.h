// Pager: a page cache with a write-ahead log, shared by several sessions. It is the reference
// machine of this tree: each function that may wait is a state machine written out, one enum a
// function, so that an entry goes straight to where the last one stopped.
//
//   Pager pager(db, wal, {.cache_frames = 16});
//   RETURN_IF_IO(pager.recover());
//
//   Session session(pager);                      // one for each client
//   RETURN_IF_IO(session.begin());               // waits for the write lock
//   Page page = RETURN_IF_IO(session.read(3));
//   RETURN_IF_IO(session.write(3, page));
//   RETURN_IF_IO(session.commit());
//
// A change lives in a dirty frame of the session's own until it is committed, or spilled to the log
// because the cache is full. A commit writes the rest to the log, the last frame with the commit
// mark; syncs it; and only then lets others see it. A checkpoint (checkpoint.h) copies the log to
// the database file and empties it.
//
// Reads see what is committed at that moment, and what their own session has changed. Writers come
// one after the other. No I/O of a failed operation is in flight any more when it answers Err.
#pragma once

#include <reprise/core/core.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "scenarios/pager/page.h"
#include "scenarios/pager/page_cache.h"
#include "scenarios/pager/transfer.h"
#include "scenarios/pager/wal.h"

namespace reprise::pager {

struct PagerOptions {
  std::size_t cache_frames = 16;  // at least 2
  Defect defect = Defect::none;
};

/// What has happened so far, for who wants to know how far a test went.
struct PagerStats {
  std::uint64_t spills = 0;
  std::uint64_t commits = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t rollbacks = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t lock_waits = 0;
  std::uint64_t room_waits = 0;
  std::uint64_t resumed_writes = 0;
  std::uint64_t overtaken_loads = 0;  // a commit replaced the page while it was read
};

/// What the sessions share.
class Pager {
 public:
  /// Of an empty database, until recover() has said otherwise. The files must outlive it.
  Pager(File& database, File& wal, PagerOptions options = {});

  /// Reads the log back. Before anything else, and again after an Err.
  IOResult<Unit> recover();

  /// Pages of the committed database; they are numbered from 1.
  std::uint64_t page_count() const { return page_count_; }
  const PageCache& cache() const { return cache_; }
  const Wal& wal() const { return wal_; }
  const FairLock& lock() const { return lock_; }
  const PagerStats& stats() const { return stats_; }

 private:
  friend class Session;
  friend class Checkpoint;

  Transfer read_database(PageNumber page, const Buffer& bytes) const;
  Transfer write_database(PageNumber page, const Buffer& bytes) const;

  File& database_;
  const Defect defect_;
  PageCache cache_;
  Wal wal_;
  FairLock lock_{"write lock"};  // whoever appends to the log, or restarts it, holds it
  WakeList room_{"room"};  // woken when a frame may have become evictable, or a load has ended
  Tracked<std::uint64_t> page_count_{"page_count"};
  Owner next_owner_ = committed + 1;
  PagerStats stats_;
};

/// One client's use of a pager. One call at a time, called until it says Done or Err.
class Session {
 public:
  explicit Session(Pager& pager) : pager_(pager), owner_(pager.next_owner_++) {}

  /// Begins a transaction. After an Err there is none.
  IOResult<Unit> begin();
  IOResult<Page> read(PageNumber page);

  // Within a transaction. After an Err it is still open: go on, or rollback().

  IOResult<Unit> write(PageNumber page, const Page& bytes);
  /// A new page of zeros at the end of the database.
  IOResult<PageNumber> allocate();

  /// Ends the transaction. After an Err it is rolled back; should the pager be opened again before
  /// another transaction is committed, it may nevertheless be found there.
  IOResult<Unit> commit();
  /// Ends the transaction; nothing of it was.
  void rollback();

  bool in_transaction() const { return holds_lock_; }
  /// Pages as this session sees them.
  std::uint64_t page_count() const { return holds_lock_ ? *page_count_ : pager_.page_count_; }
  /// It has no dirty page outside a transaction.
  bool sound() const { return holds_lock_ || !pager_.cache_.has_dirty(owner_); }
  /// Pins that it answers for.
  std::uint64_t pins() const { return (frame_ ? 1u : 0u) + (victim_ ? 1u : 0u); }

 private:
  enum class BeginState : std::uint8_t { start, wait, prepare };
  enum class AcquireState : std::uint8_t { look_up, make_room, load };
  enum class RoomState : std::uint8_t { choose, spill, wait };
  enum class CommitState : std::uint8_t { start, write, sync };
  enum class Access : std::uint8_t { read, write };

  IOResult<Unit> begin_steps();
  // A pinned frame, in frame_, with the page's bytes, or (Access::write) for them; let_go() of it.
  IOResult<FrameId> acquire(PageNumber page, Access access);
  IOResult<FrameId> acquire_steps(PageNumber page, Access access);
  AcquireState look_up(PageNumber page, Access access);
  void start_load(PageNumber page);
  void let_go();
  // Some frame has become evictable, or may have.
  IOResult<Unit> make_room();
  IOResult<Unit> make_room_steps();
  RoomState choose_victim();
  void end_spill();
  IOResult<Unit> commit_steps();
  void start_commit();
  void publish();
  void release_lock();

  Pager& pager_;
  const Owner owner_;

  // The transaction.
  Tracked<bool> holds_lock_{"holds_lock"};
  Tracked<std::uint64_t> page_count_{"own_page_count"};
  Tracked<FrameNumber> end_{"own_end"};    // behind its frames in the log
  std::uint64_t checksum_ = 0;             // of the last of them
  Tracked<FrameIndex> frames_{"spilled"};  // its frames in the log

  // How far each operation has come. Invariant: the first state when none is under way.
  Tracked<BeginState> begin_state_{"begin_state"};
  Tracked<AcquireState> acquire_state_{"acquire_state"};
  Tracked<RoomState> room_state_{"room_state"};
  Tracked<CommitState> commit_state_{"commit_state"};
  FairLock::Hold write_lock_{pager_.lock_};
  WakeList::Place room_{pager_.room_};
  std::optional<FrameId> frame_;   // acquire: pinned
  std::optional<FrameId> victim_;  // RoomState::spill: pinned
  Tail next_tail_;                 // of the frames being written
  FrameIndex next_frames_;
  Batch batch_;  // RoomState::spill, CommitState::write
  Transfer sync_;
};

}  // namespace reprise::pager
