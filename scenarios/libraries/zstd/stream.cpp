// zstd compresses and expands through a stream, in any pieces, with any level, strategy and kind of
// flush, and may get no memory.
#define ZSTD_STATIC_LINKING_ONLY  // allocators
#include "scenarios/libraries/compression.h"

#include <reprise/reprise.h>

#include <zstd.h>
#include <array>
#include <memory>

namespace reprise::libraries::zstd {
namespace {

ZSTD_customMem on_heap(Heap& heap) {
  return {[](void* of, std::size_t size) { return static_cast<Heap*>(of)->allocate(size); },
          [](void* of, void* block) { static_cast<Heap*>(of)->release(block); }, &heap};
}

/// Gives what a call of zstd, `call(out, in)`, gives.
template <class Call>
std::size_t move(Room& room, Call call) {
  ZSTD_inBuffer in = {room.in.data(), room.in.size(), 0};
  ZSTD_outBuffer out = {room.out, room.size, 0};
  const std::size_t left = call(&out, &in);
  room = {.in = room.in.substr(in.pos), .out = room.out + out.pos, .size = room.size - out.pos};
  return left;
}

struct Encoder {
  static constexpr std::array<int, 2> flushes = {ZSTD_e_continue, ZSTD_e_flush};
  static constexpr int finish = ZSTD_e_end;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context;

  Encoder(Sim& sim, Heap& heap) : context(ZSTD_createCCtx_advanced(on_heap(heap)), &ZSTD_freeCCtx) {
    const int strategy = 1 + static_cast<int>(sim.choose("strategy", 9));
    const int has_checksum = static_cast<int>(sim.choose("checksum", 2));
    if (context == nullptr) return;
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, 10);  // small, so that runs are fast
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_hashLog, 6);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_chainLog, 6);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_strategy, strategy);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, has_checksum);
  }

  Step step(Room& room, int flush) {
    if (context == nullptr) return Step::failed;
    const std::size_t left = move(room, [&](ZSTD_outBuffer* out, ZSTD_inBuffer* in) {
      return ZSTD_compressStream2(context.get(), out, in, static_cast<ZSTD_EndDirective>(flush));
    });
    if (ZSTD_isError(left) != 0) return Step::failed;
    if (flush == ZSTD_e_continue) return room.in.empty() ? Step::done : Step::again;
    if (left != 0) return Step::again;
    return flush == finish ? Step::ended : Step::done;
  }
};

struct Decoder {
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context;

  explicit Decoder(Heap& heap) : context(ZSTD_createDCtx_advanced(on_heap(heap)), &ZSTD_freeDCtx) {}

  Step step(Room& room) {
    if (context == nullptr) return Step::failed;
    const std::size_t left = move(room, [&](ZSTD_outBuffer* out, ZSTD_inBuffer* in) {
      return ZSTD_decompressStream(context.get(), out, in);
    });
    if (ZSTD_isError(left) != 0) return Step::failed;
    if (left == 0) return Step::ended;
    return room.size == 0 || !room.in.empty() ? Step::again : Step::done;
  }
};

SCENARIO("libraries/zstd") { compress_and_expand<Encoder, Decoder>(sim); }

}  // namespace
}  // namespace reprise::libraries::zstd
