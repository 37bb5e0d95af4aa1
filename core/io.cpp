#include <reprise/core/io.h>

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
  }
  return "unknown";
}

std::uint64_t IORequest::byte_count() const {
  std::uint64_t count = 0;
  for (const Buffer& buffer : buffers) count += buffer.size();
  return count;
}

Completion File::pread(std::uint64_t offset, const Buffer& buffer, Callback callback) {
  return preadv(offset, {&buffer, 1}, std::move(callback));
}

Completion File::preadv(std::uint64_t offset, std::span<const Buffer> buffers, Callback callback) {
  IORequest request;
  request.kind = IOKind::read;
  request.offset = offset;
  request.buffers = buffers;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion File::pwrite(std::uint64_t offset, const Buffer& buffer, Callback callback) {
  return pwritev(offset, {&buffer, 1}, std::move(callback));
}

Completion File::pwritev(std::uint64_t offset, std::span<const Buffer> buffers, Callback callback) {
  IORequest request;
  request.kind = IOKind::write;
  request.offset = offset;
  request.buffers = buffers;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion File::sync(Callback callback) {
  IORequest request;
  request.kind = IOKind::sync;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion File::truncate(std::uint64_t size, Callback callback) {
  IORequest request;
  request.kind = IOKind::truncate;
  request.size = size;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion IO::remove(std::string_view path, Callback callback) {
  IORequest request;
  request.kind = IOKind::remove;
  request.path = path;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion IO::rename(std::string_view from, std::string_view to, Callback callback) {
  IORequest request;
  request.kind = IOKind::rename;
  request.path = from;
  request.new_path = to;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

Completion IO::timer(Duration delay, Callback callback) {
  IORequest request;
  request.kind = IOKind::timer;
  request.delay = delay;
  request.callback = std::move(callback);
  return submit(std::move(request));
}

}  // namespace reprise
