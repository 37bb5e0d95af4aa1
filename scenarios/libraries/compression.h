// The workload for libraries that compress: one task compresses data and sends it, in any pieces of
// input and output, another receives and expands it; each stops where the stream would block. The
// same bytes come, or a clean error.
//
//   struct Encoder {
//     Encoder(Sim& sim, Heap& heap);   // its settings are chosen by `sim`
//     static constexpr std::array flushes = {...};   // how a piece of input may end
//     static constexpr int finish = ...;             // how the last one ends
//     Step step(Room& room, int flush);              // one call of the library
//   };
//   struct Decoder { explicit Decoder(Heap& heap); Step step(Room& room); };
#pragma once

#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reprise::libraries {

/// What one call has left: the input to read, and the place for output.
struct Room {
  std::string_view in;
  char* out = nullptr;
  std::size_t size = 0;
};

enum class Step {
  again,   // the place for output is full: call again with more
  done,    // this input is done with
  ended,   // the stream has ended
  failed,  // a clean error
};

namespace internal_compression {

inline std::string write_data(Sim& sim) {
  const std::uint32_t size = (300 + sim.choose("bytes of data", 1000)) % 1000;
  constexpr std::array<std::uint32_t, 4> alphabets = {4, 1, 32, 256};
  const std::uint32_t letters = alphabets[sim.choose("letters", alphabets.size())];
  std::uint32_t state = sim.choose("data", 1 << 16);
  std::string data;
  for (std::uint32_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    data += static_cast<char>((state >> 16) % letters);
  }
  return data;
}

/// Makes a call until it does not give `would_block`.
template <class Call, class Wait>
std::ptrdiff_t await_stream(Sim& sim, Call call, Wait wait) {
  return sim
      .await_again(
          call,
          [&](std::ptrdiff_t moved) { return moved == would_block ? Again(wait()) : Again::no(); })
      .value();
}

/// Gives whether all of it was sent.
template <class Encoder>
bool send_compressed(Sim& sim, Heap& heap, Stream& stream, std::string_view data) {
  Encoder encoder(sim, heap);
  Step step = Step::done;
  std::array<char, 64> out{};
  std::string_view made;  // and not sent yet
  while (step == Step::done) {
    const auto left = static_cast<std::uint32_t>(data.size());
    std::uint32_t size = sim.choose("piece", left + 1);
    if (size == 0) size = left;
    const int flush = size == left ? Encoder::finish
                                   : Encoder::flushes[sim.choose("flush", Encoder::flushes.size())];
    Room room{.in = data.substr(0, size)};
    step = Step::again;
    const auto compress = [&]() -> std::ptrdiff_t {
      while (step == Step::again || !made.empty()) {
        if (made.empty()) {
          room.out = out.data();
          room.size = 1 + sim.choose("room to compress", out.size());
          step = encoder.step(room, flush);
          made = {out.data(), static_cast<std::size_t>(room.out - out.data())};
          continue;
        }
        const std::ptrdiff_t sent = send_some(stream, made.data(), made.size());
        if (sent < 0) return sent;
        made.remove_prefix(static_cast<std::size_t>(sent));
      }
      return 0;
    };
    if (await_stream(sim, compress, [&] { return Again::when_writable(stream); }) < 0) return false;
    data.remove_prefix(size);
  }
  sim.expect(step == Step::ended || heap.has_failed(), "the encoder fails for want of memory");
  return step == Step::ended;
}

/// Adds what comes to `got`; gives whether the decoder has seen the end.
template <class Decoder>
bool receive_expanded(Sim& sim, Heap& heap, Stream& stream, std::string& got, const bool& is_sent) {
  Decoder decoder(heap);
  Step step = Step::done;
  std::array<char, 100> in{};
  std::array<char, 64> out{};
  Room room;
  const auto expand = [&]() -> std::ptrdiff_t {
    while (step == Step::done || step == Step::again) {
      if (step == Step::done) {
        const std::ptrdiff_t come =
            receive_some(stream, in.data(), 1 + sim.choose("room to receive", in.size()));
        if (come <= 0) return come;
        room.in = {in.data(), static_cast<std::size_t>(come)};
      }
      room.out = out.data();
      room.size = 1 + sim.choose("room to expand", out.size());
      step = decoder.step(room);
      got.append(out.data(), room.out);
    }
    return 1;
  };
  const std::ptrdiff_t come =
      await_stream(sim, expand, [&] { return Again::when_readable(stream); });
  if (come == is_lost) return false;
  if (come == 0) return !sim.expect(!is_sent, "the decoder sees the end");
  sim.expect(step == Step::ended || heap.has_failed(), "the decoder fails for want of memory");
  return step == Step::ended;
}

}  // namespace internal_compression

template <class Encoder, class Decoder>
void compress_and_expand(Sim& sim) {
  using namespace internal_compression;
  sim.survives({.short_io = true, .connections = true});
  sim.connection_capacity(200 - sim.choose("less capacity", 200));
  Heap encoder_heap(sim, "encoder", 12);
  Heap decoder_heap(sim, "decoder", 6);
  const std::string data = write_data(sim);
  bool is_sent = false;
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("decoder", [&] {
    const std::unique_ptr<Stream> stream = network::accept(sim, sim.io(), *door);
    if (stream == nullptr) return;
    std::string got;
    const bool has_ended = receive_expanded<Decoder>(sim, decoder_heap, *stream, got, is_sent);
    sim.expect(data.starts_with(got), "what has come is the beginning of what was sent");
    if (!has_ended) return;
    sim.expect_eq(got.size(), data.size(), "the bytes that have come at the end of the stream");
    sim.reached("all bytes have come");
  });
  sim.task("encoder", [&] {
    const std::unique_ptr<Stream> stream = network::connect(sim, sim.io(), ":7000");
    if (stream == nullptr) return;
    is_sent = send_compressed<Encoder>(sim, encoder_heap, *stream, data);
  });
  sim.run();
}

}  // namespace reprise::libraries
