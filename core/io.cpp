#include <reprise/core/io.h>

#include <reprise/core/internal/open.h>

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

Completion File::pread(std::uint64_t offset, const Buffer& buffer, CompletionCallback callback) {
  return preadv(offset, {&buffer, 1}, std::move(callback));
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
  return submit({.kind = IOKind::write,
                 .offset = offset,
                 .buffers = buffers,
                 .callback = std::move(callback)});
}

Completion File::sync(CompletionCallback callback) {
  return submit({.kind = IOKind::sync, .callback = std::move(callback)});
}

Completion File::truncate(std::uint64_t size, CompletionCallback callback) {
  return submit({.kind = IOKind::truncate, .size = size, .callback = std::move(callback)});
}

Completion IO::remove(std::string_view path, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::remove, .path = path, .new_path = {}, .callback = std::move(callback)});
}

Completion IO::rename(std::string_view from, std::string_view to, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::rename, .path = from, .new_path = to, .callback = std::move(callback)});
}

Completion IO::timer(Duration delay, CompletionCallback callback) {
  return submit({.kind = IOKind::timer, .delay = delay, .callback = std::move(callback)});
}

}  // namespace reprise
