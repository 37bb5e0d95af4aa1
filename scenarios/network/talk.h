// What the pairs of this folder have in common: calls that wait, for tasks.
#pragma once

#include <reprise/core/deadline.h>
#include <reprise/reprise.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace reprise::network {

inline Buffer bytes_of(std::string_view text) {
  const Buffer bytes = Buffer::allocate(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

/// Sends all of it; false if that fails.
inline bool send_all(Sim& sim, Stream& stream, std::string_view text) {
  const Buffer bytes = bytes_of(text);
  std::size_t sent = 0;
  while (sent < text.size()) {
    const Completion part = stream.send(bytes.slice(sent, text.size() - sent));
    if (sim.wait(part) != IOError::none) return false;
    sent += part.result();
  }
  return true;
}

/// Receives `size` bytes, or fewer if the stream ends or is lost.
inline std::string receive(Sim& sim, Stream& stream, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    const Buffer bytes = Buffer::allocate(size - text.size());
    const Completion part = stream.recv(bytes);
    if (sim.wait(part) != IOError::none || part.result() == 0) break;
    text.append(reinterpret_cast<const char*>(bytes.data()), part.result());
  }
  return text;
}

/// Null if that fails.
inline std::unique_ptr<Stream> connect(Sim& sim, IO& io, std::string_view address) {
  const Completion connected = io.connect(address);
  return sim.wait(connected) == IOError::none ? io.take_stream(connected) : nullptr;
}

inline std::unique_ptr<Stream> accept(Sim& sim, IO& io, Listener& door) {
  const Completion accepted = door.accept();
  return sim.wait(accepted) == IOError::none ? io.take_stream(accepted) : nullptr;
}

// Datagrams.

inline std::unique_ptr<DatagramSocket> socket_at(IO& io, std::string_view address) {
  return std::move(io.datagram_socket(address)).value();
}

inline void send_to(Sim& sim, DatagramSocket& socket, std::string_view address,
                    std::string_view text) {
  static_cast<void>(sim.wait(socket.send_to(address, bytes_of(text))));
}

struct Letter {
  std::string text;
  std::string sender;
};

/// The next datagram; nothing if none comes within the limit.
inline std::optional<Letter> next_letter(Sim& sim, IO& io, DatagramSocket& socket,
                                         std::optional<Duration> limit = std::nullopt) {
  const Buffer bytes = Buffer::allocate(16);
  const Completion received = socket.recv_from(bytes);
  const Completion either = limit ? with_deadline(io, received, *limit) : received;
  if (sim.wait(either) != IOError::none) return std::nullopt;
  return Letter{{reinterpret_cast<const char*>(bytes.data()), received.result()},
                socket.take_sender(received)};
}

}  // namespace reprise::network
