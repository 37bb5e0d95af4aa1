// DatagramSocket: messages to addresses and from them, without connections. The simulated network
// and the real back ends (UDP) implement it.
//
//   std::unique_ptr<DatagramSocket> socket = std::move(io.datagram_socket(":7000")).value();
//   Completion received = socket->recv_from(buffer);
//   ... once received.succeeded(), of received.result() bytes:
//   Completion answered = socket->send_to(socket->take_sender(received), answer);
//
// A datagram is received whole, or not at all. It may be lost, come twice, or come after one that
// was sent later, and nobody is told.
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/completion.h>
#include <reprise/core/io.h>
#include <reprise/core/result.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace reprise {

/// A datagram that DatagramSocket::try_recv_from() has received.
struct ReceivedDatagram {
  std::uint64_t bytes = 0;
  std::string sender;  // the address that answers go to
};

/// Destroying it is a close().
class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;

  /// The most bytes of a datagram.
  static constexpr std::size_t bytes_max = 65'507;

  /// Finishes when the datagram is on its way, or dropped. `address` is "host:port", or ":port" for
  /// this host. result(): the bytes of the buffer, of which there may be none. Fails with
  /// IOError::message_too_long beyond bytes_max.
  Completion send_to(std::string_view address, const Buffer& bytes,
                     CompletionCallback callback = {});
  /// result(): the bytes of the datagram. One that is longer than the buffer is lost, and the
  /// receive fails with IOError::message_too_long; without any room it fails with IOError::invalid.
  /// The first of several in flight is served first.
  Completion recv_from(const Buffer& buffer, CompletionCallback callback = {});
  /// The address of who has sent what a recv_from() has received; once for each. One that nobody
  /// takes is kept until the socket is closed. REQUIRES: `received` has succeeded.
  virtual std::string take_sender(const Completion& received) = 0;
  /// The socket is gone: other I/Os of it in flight fail with IOError::cancelled, and later ones
  /// with IOError::bad_file. What was sent is still on its way.
  Completion close(CompletionCallback callback = {});

  // For code whose calls may say "again".

  /// The same at once. IOError::try_again: nothing was done, and it may be tried again at any time,
  /// at best when the completion below has finished. It may say so even where it could be done.
  virtual Result<std::uint64_t> try_send_to(std::string_view address,
                                            std::span<const std::byte> bytes) = 0;
  virtual Result<ReceivedDatagram> try_recv_from(std::span<std::byte> into) = 0;
  /// Finishes when a recv_from() would receive something; a send_to() would send; one of the two.
  Completion readable(CompletionCallback callback = {});
  Completion writable(CompletionCallback callback = {});
  Completion either(CompletionCallback callback = {});

  /// With the port that it has: "127.0.0.1:40213".
  virtual std::string address() const = 0;
  /// The seam: `request.kind` is send_to, recv_from, close or ready.
  virtual Completion submit(IORequest&& request) = 0;
};

}  // namespace reprise
