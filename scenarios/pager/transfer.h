// Transfer: one I/O carried to its end. A short read or write goes on where it stopped, and EINTR
// and EAGAIN are tried again. Batch: several of them, awaited as one.
//
//   Batch batch;
//   for (const Frame& frame : frames) batch.add(Transfer::write(file, frame.offset, frame.buffer));
//   RETURN_IF_IO(batch.step());
#pragma once

#include <reprise/core/core.h>

#include <cstdint>
#include <vector>

namespace reprise::pager {

/// Submits nothing before the first advance() or step(). `file` must outlive it; nobody else may
/// use the buffer's bytes before it has ended.
class Transfer {
 public:
  /// Nothing to do.
  Transfer() = default;
  static Transfer read(File& file, std::uint64_t offset, const Buffer& buffer);
  static Transfer write(File& file, std::uint64_t offset, const Buffer& buffer);
  static Transfer sync(File& file);
  static Transfer truncate(File& file, std::uint64_t size);

  /// Goes as far as it goes without waiting. True if it has ended, well or not; otherwise pending()
  /// is what to wait for.
  bool advance();
  const Completion& pending() const { return pending_; }
  /// Once ended: why it failed, or none.
  IOError error() const { return error_; }
  /// Once ended: bytes moved; all of the buffer, or, for a read, those up to the end of the file.
  std::uint64_t moved() const { return moved_; }
  /// It was moved in more than one piece.
  bool resumed() const { return pieces_ > 1; }

  /// advance() as a machine: moved(), or Err.
  IOResult<std::uint64_t> step();

  /// Takes a short write for a whole one. A mistake: see Defect::takes_short_write.
  void accept_short() { accepts_short_ = true; }

 private:
  Transfer(IOKind kind, File& file, std::uint64_t offset, const Buffer& buffer);
  void submit();
  void take_result();

  IOKind kind_ = IOKind::sync;
  File* file_ = nullptr;
  std::uint64_t offset_ = 0;  // truncate: the new size
  Buffer buffer_;
  Completion pending_;
  std::uint64_t moved_ = 0;
  std::uint32_t pieces_ = 0;
  std::uint32_t attempts_ = 0;
  IOError error_ = IOError::none;
  bool accepts_short_ = false;
  bool ended_ = true;
};

/// Transfers that run side by side. step() answers Done or Err only when all have ended, so that
/// whoever gets an error knows that nothing is in flight any more.
class Batch {
 public:
  void add(Transfer transfer) { transfers_.push_back(std::move(transfer)); }
  /// Done when all ended well; Err, the first by position, when all have ended.
  IOResult<Unit> step();

  const std::vector<Transfer>& transfers() const { return transfers_; }
  /// How many were moved in more than one piece.
  std::uint64_t resumed() const;

 private:
  std::vector<Transfer> transfers_;
  Completion waits_for_;  // a group of those that have not ended
};

}  // namespace reprise::pager
