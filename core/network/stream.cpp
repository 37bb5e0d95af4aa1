#include <reprise/core/network/stream.h>

#include <utility>

namespace reprise {

namespace {

Completion move_bytes(Stream& stream, IOKind kind, std::span<const Buffer> buffers,
                      CompletionCallback callback) {
  return stream.submit({.kind = kind, .buffers = buffers, .callback = std::move(callback)});
}

Completion wait_until(Stream& stream, Readiness readiness, CompletionCallback callback) {
  return stream.submit(
      {.kind = IOKind::ready, .readiness = readiness, .callback = std::move(callback)});
}

}  // namespace

Completion Stream::recv(const Buffer& buffer, CompletionCallback callback) {
  return recv(std::span(&buffer, 1), std::move(callback));
}
Completion Stream::recv(std::span<const Buffer> buffers, CompletionCallback callback) {
  return move_bytes(*this, IOKind::recv, buffers, std::move(callback));
}

Completion Stream::send(const Buffer& buffer, CompletionCallback callback) {
  return send(std::span(&buffer, 1), std::move(callback));
}
Completion Stream::send(std::span<const Buffer> buffers, CompletionCallback callback) {
  return move_bytes(*this, IOKind::send, buffers, std::move(callback));
}

Completion Stream::shutdown(StreamHalf half, CompletionCallback callback) {
  return submit({.kind = IOKind::shutdown, .half = half, .callback = std::move(callback)});
}

Completion Stream::close(CompletionCallback callback) {
  return submit({.kind = IOKind::close, .callback = std::move(callback)});
}

Completion Stream::readable(CompletionCallback callback) {
  return wait_until(*this, Readiness::readable, std::move(callback));
}
Completion Stream::writable(CompletionCallback callback) {
  return wait_until(*this, Readiness::writable, std::move(callback));
}
Completion Stream::either(CompletionCallback callback) {
  return wait_until(*this, Readiness::either, std::move(callback));
}

Completion Listener::accept(CompletionCallback callback) {
  return submit({.kind = IOKind::accept, .callback = std::move(callback)});
}

}  // namespace reprise
