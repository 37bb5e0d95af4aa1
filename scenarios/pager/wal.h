// Wal: the write-ahead log, a file of frames, and the index that says which frame holds the newest
// committed version of a page.
//
//   Tail tail = wal.tail();
//   wal.append(batch, tail, 7, 0, seven);           // a frame of a transaction ...
//   wal.append(batch, tail, 9, page_count, nine);   // ... and its last, which bears the commit
//   mark RETURN_IF_IO(batch.step());  ... sync ... wal.publish(tail, {{7, 0}, {9, 1}}, page_count);
//
// The file, integers little endian as the machine has them:
//   header:  magic, salt, checksum of both
//   frame:   page number, commit mark, salt, checksum; then the page
// The commit mark is the database's page count after the commit, 0 in other frames. A checksum is
// over the checksum before it, the frame's header and its page: what a failed transaction left
// beyond the end fits to nothing that is written later.
#pragma once

#include <reprise/core/core.h>

#include <cstdint>
#include <map>
#include <optional>

#include "scenarios/pager/page.h"
#include "scenarios/pager/transfer.h"

namespace reprise::pager {

/// Counted from 0.
using FrameNumber = std::uint64_t;
using FrameIndex = std::map<PageNumber, FrameNumber>;

/// Where the next frame goes, and the checksum of the one before it.
struct Tail {
  FrameNumber end = 0;
  std::uint64_t checksum = 0;

  friend bool operator==(const Tail&, const Tail&) = default;
  friend std::uint64_t reprise_digest(const Tail& tail) {
    return mix(digest_of(tail.end), tail.checksum);
  }
};

class Wal {
 public:
  /// Of an empty log, until recover() has said otherwise. Nothing is written before the first
  /// append.
  explicit Wal(File& file, Defect defect = Defect::none);

  /// Reads the log back: the index is then that of all transactions whose commit mark is there.
  IOResult<Unit> recover();
  /// After restart(): empties the file. To be Done before the next append.
  IOResult<Unit> prepare();

  /// Behind the last committed frame.
  const Tail& tail() const { return *tail_; }
  const FrameIndex& index() const { return *index_; }
  /// The database's page count at the last commit in the log; 0 if it is empty.
  std::uint64_t page_count() const { return page_count_; }
  /// The index names only frames before the tail, and the file is long enough to hold them.
  bool sound() const;
  /// Bytes of a log with so many frames.
  static std::uint64_t size_of(FrameNumber frames);

  /// Adds the writes of one frame to `batch`, and moves `tail` behind it. Copies the page.
  void append(Batch& batch, Tail& tail, PageNumber page, std::uint64_t commit_mark,
              const Buffer& bytes) const;
  Transfer read(FrameNumber frame, const Buffer& page) const;
  Transfer sync() const { return Transfer::sync(file_); }
  /// `frames` are written, durable and committed.
  void publish(const Tail& tail, const FrameIndex& frames, std::uint64_t page_count);
  /// All that the log holds is in the database file, and nobody reads the log.
  void restart();

 private:
  // How far recover() has come.
  struct Scan {
    enum class State : std::uint8_t { begin, header, frame };
    State state = State::begin;
    Buffer buffer;
    Transfer transfer;
    Tail tail;
    Tail committed_tail;
    FrameIndex open_frames;  // of the transaction whose commit mark has not come yet
    FrameIndex frames;
    std::uint64_t page_count = 0;
  };

  IOResult<Unit> scan();
  bool take_header();
  bool take_frame();
  void begin_frame();
  std::uint64_t header_checksum() const;

  File& file_;
  const Defect defect_;
  std::uint64_t salt_ = 1;
  Tracked<Tail> tail_{"wal_tail"};
  Tracked<FrameIndex> index_{"wal_index"};
  std::uint64_t page_count_ = 0;
  bool stale_ = false;  // the file still holds frames that are in the database file too
  std::optional<Transfer> truncation_;

  Scan scan_;
};

}  // namespace reprise::pager
