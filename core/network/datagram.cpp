#include <reprise/core/network/datagram.h>

#include <utility>

namespace reprise {

namespace {

Completion wait_until(DatagramSocket& socket, Readiness readiness, CompletionCallback callback) {
  return socket.submit(
      {.kind = IOKind::ready, .readiness = readiness, .callback = std::move(callback)});
}

}  // namespace

Completion DatagramSocket::send_to(std::string_view address, const Buffer& bytes,
                                   CompletionCallback callback) {
  return submit({.kind = IOKind::send_to,
                 .buffers = {&bytes, 1},
                 .path = address,
                 .callback = std::move(callback)});
}
Completion DatagramSocket::recv_from(const Buffer& buffer, CompletionCallback callback) {
  return submit(
      {.kind = IOKind::recv_from, .buffers = {&buffer, 1}, .callback = std::move(callback)});
}
Completion DatagramSocket::close(CompletionCallback callback) {
  return submit({.kind = IOKind::close, .callback = std::move(callback)});
}

Completion DatagramSocket::readable(CompletionCallback callback) {
  return wait_until(*this, Readiness::readable, std::move(callback));
}
Completion DatagramSocket::writable(CompletionCallback callback) {
  return wait_until(*this, Readiness::writable, std::move(callback));
}
Completion DatagramSocket::either(CompletionCallback callback) {
  return wait_until(*this, Readiness::either, std::move(callback));
}

}  // namespace reprise
