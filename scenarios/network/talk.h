// What the pairs of this folder have in common: calls that wait, for tasks.
#pragma once

#include <reprise/reprise.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

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

}  // namespace reprise::network
