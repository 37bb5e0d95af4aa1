// Stream: one end of a connection, through which bytes go both ways, in order. Listener: where
// connections come in. The simulated network and the real back ends implement both.
//
//   std::unique_ptr<Listener> door = std::move(io.listen(":7000")).value();
//   Completion accepted = door->accept();                  // the server
//   Completion connected = io.connect("server:7000");      // the client
//   ... once connected.succeeded():
//   std::unique_ptr<Stream> stream = io.take_stream(connected);
//   Completion sent = stream->send(bytes);
//
// Bytes have no borders: what one send() has sent may come in many parts, and what many have sent
// in one.
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

namespace reprise {

/// One end of a connection. Destroying it is a close().
class Stream {
 public:
  virtual ~Stream() = default;

  /// result(): bytes received, at least one; 0 only when the other end sends no more. Fails with
  /// IOError::connection_reset if the connection is lost, perhaps before all was received that had
  /// come; with IOError::invalid if there is no room at all.
  Completion recv(const Buffer& buffer, CompletionCallback callback = {});
  Completion recv(std::span<const Buffer> buffers, CompletionCallback callback = {});
  /// Finishes when bytes are on their way, not when they have come. result(): how many, at least
  /// one, fewer than asked where there is no room for more. Fails with IOError::broken_pipe after a
  /// shutdown, or if the connection is lost, which IOError::connection_reset has told once; with
  /// IOError::invalid if there is nothing to send. Of several in flight, the first is first.
  Completion send(const Buffer& buffer, CompletionCallback callback = {});
  Completion send(std::span<const Buffer> buffers, CompletionCallback callback = {});
  /// StreamHalf::send: nothing more is sent; the other end receives what is on its way, and then
  /// that there is no more. StreamHalf::receive: a recv() gives 0; what still comes takes up room.
  Completion shutdown(StreamHalf half, CompletionCallback callback = {});
  /// Both halves, and the end is gone: other I/Os of it in flight fail with IOError::cancelled, and
  /// later ones with IOError::bad_file. What was sent is still on its way; if bytes have come that
  /// nobody has received, the other end is told that the connection is lost.
  Completion close(CompletionCallback callback = {});

  // For code whose calls may say "again": libraries over sockets that do not block.

  /// Moves what can be moved at once, at least one byte. IOError::try_again if that is nothing:
  /// then nothing was done, and it may be tried again at any time, at best when the completion
  /// below has finished. It may say so even where something could be moved. The other errors are
  /// those of recv() and send().
  virtual Result<std::uint64_t> try_recv(std::span<std::byte> into) = 0;
  virtual Result<std::uint64_t> try_send(std::span<const std::byte> bytes) = 0;
  /// Finishes when a recv() would move bytes or say how the connection has ended; a send(); one of
  /// the two.
  Completion readable(CompletionCallback callback = {});
  Completion writable(CompletionCallback callback = {});
  Completion either(CompletionCallback callback = {});

  /// The seam: `request.kind` is recv, send, shutdown, close or ready.
  virtual Completion submit(IORequest&& request) = 0;
};

/// Destroying it refuses who was not accepted; accepts in flight fail with IOError::cancelled.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Finishes when somebody has connected; IO::take_stream() then gives this end.
  Completion accept(CompletionCallback callback = {});
  /// With the port that it listens at: "127.0.0.1:40213".
  virtual std::string address() const = 0;
  /// The seam: `request.kind` is accept.
  virtual Completion submit(IORequest&& request) = 0;
};

}  // namespace reprise
