// FullTransfer: a read or a write carried to its end. After a short count it submits the rest, and
// what failed with EINTR or EAGAIN it submits again.
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
// One transfer at a time. The arguments of its first call count; those of later calls, until it has
// said Done or Err, are not looked at. Then it is as it was before, and may be used again.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/io.h>
#include <reprise/core/io_result.h>

#include <cstdint>

namespace reprise {

class FullTransfer {
 public:
  /// Bytes read: all of `buffer`, or fewer where the file ends (0: at or behind its end). `file`
  /// must live until it has answered.
  IOResult<std::uint64_t> read(File& file, std::uint64_t offset, const Buffer& buffer) {
    return step(IOKind::read, file, offset, buffer);
  }
  /// buffer.size(); IOError::io if the device takes no bytes at all.
  IOResult<std::uint64_t> write(File& file, std::uint64_t offset, const Buffer& buffer) {
    return step(IOKind::write, file, offset, buffer);
  }

  bool under_way() const { return file_ != nullptr; }
  /// Bytes moved so far, while it is under way.
  std::uint64_t moved() const { return moved_; }
  /// Forgets the transfer. What is in flight goes on, and keeps the buffer alive.
  void reset() { *this = {}; }

 private:
  IOResult<std::uint64_t> step(IOKind kind, File& file, std::uint64_t offset, const Buffer& buffer);
  void submit();

  File* file_ = nullptr;  // null: none is under way
  IOKind kind_ = IOKind::read;
  std::uint32_t attempts_ = 0;  // in a row that nothing came of
  std::uint64_t offset_ = 0;
  Buffer buffer_;
  std::uint64_t moved_ = 0;
  Completion pending_;
};

}  // namespace reprise
