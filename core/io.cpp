#include <reprise/core/io.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/network/datagram.h>
#include <reprise/core/network/stream.h>

namespace reprise {

std::string_view to_string(IOKind kind) {
  switch (kind) {
    case IOKind::read: return "read";
    case IOKind::write: return "write";
    case IOKind::sync: return "sync";
    case IOKind::truncate: return "truncate";
    case IOKind::remove: return "remove";
    case IOKind::rename: return "rename";
    case IOKind::timer: return "timer";
    case IOKind::data_sync: return "data-sync";
    case IOKind::allocate: return "allocate";
    case IOKind::punch_hole: return "punch-hole";
    case IOKind::sync_folder: return "sync-folder";
    case IOKind::accept: return "accept";
    case IOKind::connect: return "connect";
    case IOKind::recv: return "recv";
    case IOKind::send: return "send";
    case IOKind::shutdown: return "shutdown";
    case IOKind::close: return "close";
    case IOKind::ready: return "ready";
    case IOKind::send_to: return "send-to";
    case IOKind::recv_from: return "recv-from";
  }
  return "unknown";
}

Completion File::pread(std::uint64_t offset, const Buffer& buffer, CompletionCallback callback) {
  return submit({.kind = IOKind::read,
                 .offset = offset,
                 .buffers = {&buffer, 1},
                 .callback = std::move(callback)});
}

Completion File::preadv(std::uint64_t offset, std::span<const Buffer> buffers,
                        CompletionCallback callback) {
  return submit({.kind = IOKind::read,
                 .offset = offset,
                 .buffers = buffers,
                 .callback = std::move(callback)});
}

Completion File::pwrite(std::uint64_t offset, const Buffer& buffer, CompletionCallback callback) {
  return pwritev(offset, {&buffer, 1}, std::move(callback));
}

Completion File::pwritev(std::uint64_t offset, std::span<const Buffer> buffers,
                         CompletionCallback callback) {
  return pwritev(offset, buffers, WriteOptions{}, std::move(callback));
}

Completion File::pwrite(std::uint64_t offset, const Buffer& buffer, WriteOptions options,
                        CompletionCallback callback) {
  return pwritev(offset, {&buffer, 1}, options, std::move(callback));
}

Completion File::pwritev(std::uint64_t offset, std::span<const Buffer> buffers,
                         WriteOptions options, CompletionCallback callback) {
  return submit({.kind = IOKind::write,
                 .offset = offset,
                 .buffers = buffers,
                 .write_options = options,
                 .callback = std::move(callback)});
}

Completion File::append(const Buffer& buffer, WriteOptions options, CompletionCallback callback) {
  options.at_end = true;
  return pwrite(0, buffer, options, std::move(callback));
}

Completion File::sync(CompletionCallback callback) {
  return submit({.kind = IOKind::sync, .callback = std::move(callback)});
}

Completion File::data_sync(CompletionCallback callback) {
  return submit({.kind = IOKind::data_sync, .callback = std::move(callback)});
}

Completion File::truncate(std::uint64_t size, CompletionCallback callback) {
  return submit({.kind = IOKind::truncate, .size = size, .callback = std::move(callback)});
}

Completion File::allocate(std::uint64_t offset, std::uint64_t size, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::allocate, .offset = offset, .size = size, .callback = std::move(callback)});
}

Completion File::punch_hole(std::uint64_t offset, std::uint64_t size, CompletionCallback callback) {
  return submit({.kind = IOKind::punch_hole,
                 .offset = offset,
                 .size = size,
                 .callback = std::move(callback)});
}

Completion IO::remove(std::string_view path, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::remove, .path = path, .new_path = {}, .callback = std::move(callback)});
}

Completion IO::rename(std::string_view from, std::string_view to, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::rename, .path = from, .new_path = to, .callback = std::move(callback)});
}

Completion IO::sync_folder(std::string_view path, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::sync_folder, .path = path, .new_path = {}, .callback = std::move(callback)});
}

Completion IO::connect(std::string_view address, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::connect, .path = address, .new_path = {}, .callback = std::move(callback)});
}

Result<std::unique_ptr<Listener>> IO::listen(std::string_view) { return IOError::not_supported; }

std::unique_ptr<Stream> IO::take_stream(const Completion&) {
  REPRISE_ASSERT(false, "this IO has no network, and so has made no connection");
  return nullptr;
}

Result<std::unique_ptr<DatagramSocket>> IO::datagram_socket(std::string_view) {
  return IOError::not_supported;
}

Completion IO::timer(Duration delay, CompletionCallback callback) {
  return submit({.kind = IOKind::timer, .delay = delay, .callback = std::move(callback)});
}

}  // namespace reprise
