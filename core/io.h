// IO and File: the one interface that a machine submits to. The simulated disk and the real back
// ends implement it. Submitting never throws and never blocks; an I/O refused at submit is a
// completion that has failed already. A completion may finish, and its callback run, before submit
// returns.
//
//   OpenResult opened = io.open("wal", {.create = true});
//   File& wal = *opened.value();
//   Completion written = wal.pwrite(0, page);
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/result.h>
#include <reprise/core/time.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace reprise {

enum class IOKind : std::uint8_t { read, write, sync, truncate, remove, rename, timer };
namespace internal {
inline constexpr unsigned io_kind_count = 7;
}

/// "read", "write" ...
std::string_view to_string(IOKind kind);

/// A request to a device. Only the fields of its kind count. Views need to live only until submit
/// returns; the device retains the buffers.
struct IORequest {
  IOKind kind = IOKind::read;
  std::uint64_t offset = 0;           // read, write: bytes from the file's beginning
  std::span<const Buffer> buffers{};  // read, write: filled or written in this order
  std::uint64_t size = 0;             // truncate: the new size in bytes
  std::string_view path{};            // remove, rename
  std::string_view new_path{};        // rename
  Duration delay{0};                  // timer
  CompletionCallback callback{};

  /// Bytes in `buffers`.
  std::uint64_t byte_count() const {
    std::uint64_t count = 0;
    for (const Buffer& buffer : buffers) count += buffer.size();
    return count;
  }
};

/// An open file. Closing (destroying) it does not cancel I/Os in flight.
class File {
 public:
  virtual ~File() = default;

  /// result(): bytes read; fewer than asked is legal (a short read), 0 only at the end of the file.
  Completion pread(std::uint64_t offset, const Buffer& buffer, CompletionCallback callback = {});
  Completion preadv(std::uint64_t offset, std::span<const Buffer> buffers,
                    CompletionCallback callback = {});
  /// result(): bytes written; fewer than asked is legal (a short write), and more than 0.
  Completion pwrite(std::uint64_t offset, const Buffer& buffer, CompletionCallback callback = {});
  Completion pwritev(std::uint64_t offset, std::span<const Buffer> buffers,
                     CompletionCallback callback = {});
  /// Makes durable all writes that had finished when it was submitted.
  Completion sync(CompletionCallback callback = {});
  /// Cuts, or extends with zeros.
  Completion truncate(std::uint64_t size, CompletionCallback callback = {});

  /// In bytes, now.
  virtual Result<std::uint64_t> size() const = 0;
  /// The seam: `request.kind` is read, write, sync or truncate.
  virtual Completion submit(IORequest&& request) = 0;
};

struct OpenOptions {
  bool create = true;      // if it is not there
  bool exclusive = false;  // with create: IOError::exists if it is there
  bool read_only = false;
};

using OpenResult = Result<std::unique_ptr<File>>;

/// One event loop's devices and clock.
class IO {
 public:
  virtual ~IO() = default;

  virtual OpenResult open(std::string_view path, OpenOptions options = {}) = 0;
  Completion remove(std::string_view path, CompletionCallback callback = {});
  /// Replaces `to` if it is there.
  Completion rename(std::string_view from, std::string_view to, CompletionCallback callback = {});
  /// Finishes when `delay` has passed, never earlier.
  Completion timer(Duration delay, CompletionCallback callback = {});

  virtual Instant now() const = 0;
  /// The seam: `request.kind` is remove, rename or timer.
  virtual Completion submit(IORequest&& request) = 0;
};

}  // namespace reprise
