// Two ends of a connection for libraries that send and receive without waiting, as over sockets.
#pragma once

#include "scenarios/network/talk.h"

#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reprise::libraries {

/// What send_some() and receive_some() give beside a number of bytes.
constexpr std::ptrdiff_t would_block = -1;
constexpr std::ptrdiff_t is_lost = -2;

inline std::ptrdiff_t bytes_or_why(const Result<std::uint64_t>& moved) {
  if (moved.ok()) return static_cast<std::ptrdiff_t>(moved.value());
  return moved.error() == IOError::try_again ? would_block : is_lost;
}
inline std::ptrdiff_t send_some(Stream& stream, const void* bytes, std::size_t size) {
  return bytes_or_why(stream.try_send({static_cast<const std::byte*>(bytes), size}));
}
/// 0 at the end of the stream.
inline std::ptrdiff_t receive_some(Stream& stream, void* bytes, std::size_t size) {
  return bytes_or_why(stream.try_recv({static_cast<std::byte*>(bytes), size}));
}

/// A byte of no meaning, and the same in each run.
inline char byte_at(std::size_t i) { return static_cast<char>('a' + i * 7 % 26); }
inline std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += byte_at(i);
  return text;
}

/// Says that it sends no more, and waits until the other end says so too: an end that closes with
/// bytes unread may make the other lose what is on its way there.
inline void end_stream(Sim& sim, Stream& stream) {
  if (sim.wait(stream.shutdown(StreamHalf::send)) != IOError::none) return;
  const Buffer rest = Buffer::allocate(64);
  for (;;) {
    const Completion part = stream.recv(rest);
    if (sim.wait(part) != IOError::none || part.result() == 0) return;
  }
}

/// Runs `server(stream)` and `client(stream)`, a task each, over a new connection.
template <class Server, class Client>
void connect_and_run(Sim& sim, Server server, Client client) {
  sim.connection_capacity(500 - sim.choose("less capacity", 490));
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    if (const auto stream = network::accept(sim, sim.io(), *door)) {
      server(*stream);
      end_stream(sim, *stream);
    }
  });
  sim.task("client", [&] {
    if (const auto stream = network::connect(sim, sim.io(), ":7000")) {
      client(*stream);
      end_stream(sim, *stream);
    }
  });
  sim.run();
}

}  // namespace reprise::libraries
