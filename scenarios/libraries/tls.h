// The workload for libraries of TLS: a client and a server shake hands, the server sends back what
// it gets, the client asks for new keys now and then, and both say that they close.
//
//   struct End {
//     End(Sim& sim, Stream& stream, bool is_server);
//     // Calls of the library, each to be made again while `again` says so.
//     int shake_hands();
//     int write(const char* bytes, std::size_t size);   // gives how many, or fewer than 1
//     int read(char* bytes, std::size_t size);
//     int renew_keys();
//     int close();
//     Again again(int answer);
//     bool is_good(int answer);         // of the calls that move no bytes
//     bool has_other_closed(int answer);  // of read(): the other end has said that it closes
//     bool is_line_down();              // the stream is lost, or has ended
//   };
#pragma once

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::libraries {

/// Bytes that look random, and are the same in each run with the same plan.
class Randomness {
 public:
  explicit Randomness(Sim& sim) : state_(1 + sim.choose("randomness", 1 << 16)) {}

  void fill(unsigned char* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      state_ = state_ * 6364136223846793005 + 1442695040888963407;
      bytes[i] = static_cast<unsigned char>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_;
};

/// An end whose calls are awaited. A call may fail only where the line is down.
template <class End>
class Talker {
 public:
  Talker(Sim& sim, Stream& stream, bool is_server)
      : sim_(sim),
        end_(sim, stream, is_server),
        is_up_(answer([&] { return end_.shake_hands(); })) {}

  bool is_up() const { return is_up_; }

  void write(std::string_view text) {
    while (is_up_ && !text.empty()) {
      const int moved = call([&] { return end_.write(text.data(), text.size()); });
      is_up_ = sim_.expect(moved > 0 || end_.is_line_down(), "a write works") && moved > 0;
      if (moved > 0) text.remove_prefix(static_cast<std::size_t>(moved));
    }
  }
  /// Some bytes; nothing at the end.
  std::string read(std::size_t size_max) {
    std::array<char, 64> bytes{};
    const std::size_t size = std::min(size_max, 1 + std::size_t{sim_.choose("room", 64)});
    const int moved = call([&] { return end_.read(bytes.data(), size); });
    if (moved > 0) return {bytes.data(), static_cast<std::size_t>(moved)};
    is_up_ = false;
    sim_.expect(end_.has_other_closed(moved) || end_.is_line_down(), "a read works");
    return {};
  }
  void renew_keys() {
    is_up_ = is_up_ && answer([&] { return end_.renew_keys(); });
  }
  void close() {
    if (!end_.is_line_down()) answer([&] { return end_.close(); });
  }

 private:
  template <class Call>
  int call(Call made) {
    return sim_.await_again(made, [&](int answer) { return end_.again(answer); }).value();
  }
  template <class Call>
  bool answer(Call made) {
    const bool is_good = end_.is_good(call(made));
    sim_.expect(is_good || end_.is_line_down(), "a call works");
    return is_good;
  }

  Sim& sim_;
  End end_;
  bool is_up_;
};

template <class End>
void echo_over_tls(Sim& sim) {
  sim.survives({.short_io = true, .connections = true});
  connect_and_run(
      sim,
      [&](Stream& stream) {
        Talker<End> server(sim, stream, true);
        while (server.is_up()) server.write(server.read(64));
        server.close();
      },
      [&](Stream& stream) {
        Talker<End> client(sim, stream, false);
        for (std::uint32_t round = 1 + sim.choose("rounds", 4); client.is_up() && round > 0;
             --round) {
          const std::string said = text_of(1 + sim.choose("bytes", 200));
          client.write(said);
          std::string heard;
          while (client.is_up() && heard.size() < said.size()) {
            heard += client.read(said.size() - heard.size());
          }
          if (!client.is_up()) break;
          sim.expect_eq(heard, said, "what came back");
          sim.reached("an echo");
          if (sim.flip("new keys")) client.renew_keys();
        }
        client.close();
      });
}

}  // namespace reprise::libraries
