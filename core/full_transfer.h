// FullTransfer: a read or write that moves all its bytes. After a short count it submits the rest;
// after EINTR or EAGAIN it submits again.
//
//   struct Log {
//     File& file;
//     std::uint64_t end = 0;
//     FullTransfer transfer = {};
//     IOResult<Unit> append(const Buffer& record) {
//       end += RETURN_IF_IO(transfer.write(file, end, record));   // all of it, or an error
//       return Unit{};
//     }
//   };
//
// It makes one transfer at a time. The arguments of the first call count; those of later calls are
// ignored until it has answered Done or Err. Then it is ready for another transfer.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/io.h>
#include <reprise/core/io_result.h>

#include <cstdint>

namespace reprise {

class FullTransfer {
 public:
  /// Gives the number of bytes read: buffer.size(), or fewer where the file ends (0 at or behind
  /// its end). `file` must live until Done or Err.
  IOResult<std::uint64_t> read(File& file, std::uint64_t offset, const Buffer& buffer) {
    return step(IOKind::read, file, offset, buffer);
  }
  /// Gives the number of bytes written, which is buffer.size(). IOError::io if the device takes no
  /// bytes at all.
  IOResult<std::uint64_t> write(File& file, std::uint64_t offset, const Buffer& buffer) {
    return step(IOKind::write, file, offset, buffer);
  }

  bool under_way() const { return file_ != nullptr; }
  /// The bytes that the transfer under way has moved so far.
  std::uint64_t moved() const { return moved_; }
  /// Forgets the transfer. An I/O in flight goes on, and keeps the buffer alive.
  void reset() { *this = {}; }

 private:
  IOResult<std::uint64_t> step(IOKind kind, File& file, std::uint64_t offset, const Buffer& buffer);
  void submit();

  File* file_ = nullptr;  // null: none is under way
  IOKind kind_ = IOKind::read;
  std::uint32_t attempts_ = 0;  // in a row without progress
  std::uint64_t offset_ = 0;
  Buffer buffer_;
  std::uint64_t moved_ = 0;
  Completion pending_;
};

}  // namespace reprise
