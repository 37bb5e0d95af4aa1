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

enum class IOKind : std::uint8_t {
  read,
  write,
  sync,
  truncate,
  remove,
  rename,
  timer,
  data_sync,
  allocate,
  punch_hole,
  sync_folder,
  accept,
  connect,
  recv,
  send,
  shutdown,
  close,
  ready,
  send_to,
  recv_from,
};
namespace internal {
inline constexpr unsigned io_kind_count = 20;
/// Whether the I/O is one of a Stream, a Listener or a DatagramSocket, or makes a connection.
constexpr bool is_of_network(IOKind kind) { return kind >= IOKind::accept; }
}  // namespace internal

/// "read", "write" ...
std::string_view to_string(IOKind kind);

struct WriteOptions {
  /// The write begins where the file ends when it takes effect, whatever its offset.
  bool at_end = false;
  /// The write finishes when its bytes are durable, as if a data_sync() of it alone had followed.
  bool durable = false;
};

/// The directions of a connection, as seen from one end.
enum class StreamHalf : std::uint8_t { receive, send, both };

/// What one waits for until a call that would block is made again.
enum class Readiness : std::uint8_t { readable, writable, either };

/// A request to a device. Only the fields of its kind count. Views need to live only until submit
/// returns; the device retains the buffers.
struct IORequest {
  IOKind kind = IOKind::read;
  /// In bytes from the file's beginning: read, write, allocate, punch_hole.
  std::uint64_t offset = 0;
  /// Filled or written in this order: read, write, recv, send, recv_from, send_to.
  std::span<const Buffer> buffers{};
  std::uint64_t size = 0;  // in bytes: truncate, where it is the new one; allocate, punch_hole
  WriteOptions write_options{};               // write
  StreamHalf half = StreamHalf::both;         // shutdown
  Readiness readiness = Readiness::readable;  // ready
  std::string_view path{};      // remove, rename, sync_folder; connect, send_to: the address
  std::string_view new_path{};  // rename
  Duration delay{0};            // timer
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
  Completion pwrite(std::uint64_t offset, const Buffer& buffer, WriteOptions options,
                    CompletionCallback callback = {});
  Completion pwritev(std::uint64_t offset, std::span<const Buffer> buffers, WriteOptions options,
                     CompletionCallback callback = {});
  /// Writes at the end of the file. Of several in flight each gets a place of its own.
  Completion append(const Buffer& buffer, WriteOptions options = {},
                    CompletionCallback callback = {});
  /// Makes durable all that had finished when it was submitted: the file's bytes and its size. Its
  /// name may need a sync_folder() too.
  Completion sync(CompletionCallback callback = {});
  /// The same without what is not needed to read the bytes again, such as the time of the change.
  Completion data_sync(CompletionCallback callback = {});
  /// Cuts, or extends with zeros.
  Completion truncate(std::uint64_t size, CompletionCallback callback = {});
  /// Reserves room for these bytes, so that no later write to them lacks space. The file grows if
  /// they lie behind its end; new bytes read as zeros. No bytes at all are IOError::invalid.
  Completion allocate(std::uint64_t offset, std::uint64_t size, CompletionCallback callback = {});
  /// Lets these bytes read as zeros, and gives their room back. The size stays. No bytes at all are
  /// IOError::invalid.
  Completion punch_hole(std::uint64_t offset, std::uint64_t size, CompletionCallback callback = {});

  /// In bytes, now.
  virtual Result<std::uint64_t> size() const = 0;
  /// The seam: `request.kind` is one of a file's.
  virtual Completion submit(IORequest&& request) = 0;
};

struct OpenOptions {
  bool create = true;      // if it is not there
  bool exclusive = false;  // with create: IOError::exists if it is there
  bool read_only = false;
  /// Past the system's cache: offsets, sizes and the buffers' addresses must be multiples of the
  /// device's block, or the I/O is refused with IOError::invalid.
  bool direct = false;
};

using OpenResult = Result<std::unique_ptr<File>>;

class DatagramSocket;  // network/datagram.h
class Listener;        // network/stream.h
class Stream;

/// One event loop's devices and clock.
class IO {
 public:
  virtual ~IO() = default;

  /// Done at once, unlike all else: it may block on a real back end.
  virtual OpenResult open(std::string_view path, OpenOptions options = {}) = 0;
  Completion remove(std::string_view path, CompletionCallback callback = {});
  /// Replaces `to` if it is there.
  Completion rename(std::string_view from, std::string_view to, CompletionCallback callback = {});
  /// Makes durable which names the folder has: files made, removed and renamed in it. "" is the
  /// working folder.
  Completion sync_folder(std::string_view path, CompletionCallback callback = {});
  /// Finishes when `delay` has passed, never earlier.
  Completion timer(Duration delay, CompletionCallback callback = {});

  // Connections; see stream.h. An address is "host:port", or ":port" for this host. A back end
  // without a network answers IOError::not_supported.

  /// Done at once: from now on others can connect to `address`, for as long as the listener lives.
  /// Port 0 is one that is free.
  virtual Result<std::unique_ptr<Listener>> listen(std::string_view address);
  /// Finishes when the connection is there; take_stream() then gives this end of it. A cancel()
  /// before that, of an accept() too, is never too late: then there is no connection.
  Completion connect(std::string_view address, CompletionCallback callback = {});
  /// The end of a connection that a connect() or an accept() has made; once for each. One that
  /// nobody takes is closed with the back end, or when the run ends. REQUIRES: `made` has
  /// succeeded.
  virtual std::unique_ptr<Stream> take_stream(const Completion& made);
  /// Done at once: datagrams to `address` come here for as long as the socket lives; see
  /// datagram.h. Port 0 is one that is free.
  virtual Result<std::unique_ptr<DatagramSocket>> datagram_socket(std::string_view address);

  virtual Instant now() const = 0;
  /// The seam: `request.kind` is remove, rename, sync_folder, connect or timer.
  virtual Completion submit(IORequest&& request) = 0;
};

}  // namespace reprise
