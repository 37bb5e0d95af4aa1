// zlib compresses and expands through a stream, in any pieces, with any level, window, strategy and
// kind of flush, and may get no memory.
#include "scenarios/libraries/compression.h"

#include <reprise/reprise.h>

#include <zlib.h>
#include <array>

namespace reprise::libraries::zlib {
namespace {

z_stream on_heap(Heap& heap) {
  z_stream stream = {};
  stream.opaque = &heap;
  stream.zalloc = [](void* of, unsigned count, unsigned size) {
    return static_cast<Heap*>(of)->allocate(std::size_t{count} * size);
  };
  stream.zfree = [](void* of, void* block) { static_cast<Heap*>(of)->release(block); };
  return stream;
}

/// Moves bytes with a call of zlib: `call(stream, flush)`.
template <class Call>
Step move(z_stream& stream, Room& room, int flush, Call call) {
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(room.in.data()));
  stream.avail_in = static_cast<uInt>(room.in.size());
  stream.next_out = reinterpret_cast<Bytef*>(room.out);
  stream.avail_out = static_cast<uInt>(room.size);
  const int status = call(&stream, flush);
  room = {.in = room.in.substr(room.in.size() - stream.avail_in),
          .out = reinterpret_cast<char*>(stream.next_out),
          .size = stream.avail_out};
  if (status == Z_STREAM_END) return Step::ended;
  if (status != Z_OK && status != Z_BUF_ERROR) return Step::failed;
  return stream.avail_out == 0 ? Step::again : Step::done;
}

struct Encoder {
  static constexpr std::array<int, 5> flushes = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_PARTIAL_FLUSH,
                                                 Z_FULL_FLUSH, Z_BLOCK};
  static constexpr int finish = Z_FINISH;
  z_stream stream;
  bool is_ready;

  Encoder(Sim& sim, Heap& heap) : stream(on_heap(heap)) {
    const int level = static_cast<int>(sim.choose("level", 10));
    const int window_bits = 9 + static_cast<int>(sim.choose("window", 7));
    const int memory = 1 + static_cast<int>(sim.choose("memory", 3));
    const int strategy = static_cast<int>(sim.choose("strategy", 5));
    is_ready = deflateInit2(&stream, level, Z_DEFLATED, window_bits, memory, strategy) == Z_OK;
  }
  Encoder(const Encoder&) = delete;
  ~Encoder() { deflateEnd(&stream); }

  Step step(Room& room, int flush) {
    return is_ready ? move(stream, room, flush, deflate) : Step::failed;
  }
};

struct Decoder {
  z_stream stream;
  bool is_ready;

  explicit Decoder(Heap& heap) : stream(on_heap(heap)), is_ready(inflateInit(&stream) == Z_OK) {}
  Decoder(const Decoder&) = delete;
  ~Decoder() { inflateEnd(&stream); }

  Step step(Room& room) {
    return is_ready ? move(stream, room, Z_NO_FLUSH, inflate) : Step::failed;
  }
};

SCENARIO("libraries/zlib") { compress_and_expand<Encoder, Decoder>(sim); }

}  // namespace
}  // namespace reprise::libraries::zlib
