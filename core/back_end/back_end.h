// BackEnd: the files, network and clock of the real machine, as a Loop (loop.h) drives them.
// posix.h and uring.h make one.
//
//   const Completion read = file.pread(0, page);
//   while (!read.finished()) io->turn(BackEnd::Wait::until_event);
//
// submit() only gathers; turn() hands over, but a Stream's shutdown() and close() act at once. Only
// open() and closing a File block; I/Os in flight keep it open. Destroying a back end cancels what
// is in flight and waits until all has finished. One thread; what it has opened is destroyed first.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/io.h>

#include <cstdint>
#include <span>

namespace reprise {

class BackEnd : public IO {
 public:
  enum class Wait : std::uint8_t { no, until_event };

  /// Hands over what was submitted and finishes what has ended: callbacks run here, and must not
  /// call it. With Wait::until_event it waits for the first end, if anything is in flight or
  /// watched.
  virtual void turn(Wait wait) = 0;
  /// I/Os and timers that have not finished. readable() does not count.
  virtual std::uint64_t in_flight() const = 0;
  /// Finishes when there is something to read at `fd`, such as a signalfd, which stays open until
  /// then.
  virtual Completion readable(int fd, CompletionCallback callback = {}) = 0;
  /// Has the kernel map these buffers now, and not in each I/O that uses one or a slice of one.
  /// Keeps them alive. Call it once, with nothing in flight. IOError::no_memory beyond
  /// RLIMIT_MEMLOCK.
  virtual IOError register_buffers(std::span<const Buffer> buffers) = 0;
};

}  // namespace reprise
