// Classic: a read that is dropped is cancelled, and its buffer is given to the next operation at
// once. The device has not given its last word, and may fill the buffer still.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::cancel_without_drain {
namespace {

constexpr std::size_t block_size = 32;

// Reads and writes blocks, with buffers that it uses again.
struct BlockFile {
  struct Cancelled {
    Completion read;
    Buffer buffer;
  };

  File& file;
  std::vector<Buffer> free = {};
  std::vector<Cancelled> cancelled = {};
  Buffer buffer = {};
  Completion pending = {};

  void take_buffer() {
    std::erase_if(cancelled, [this](const Cancelled& dropped) {
      if (dropped.read.finished()) free.push_back(dropped.buffer);
      return dropped.read.finished();
    });
    if (free.empty()) free.push_back(Buffer::allocate(block_size));
    buffer = free.back();
    free.pop_back();
  }
  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    free.push_back(std::exchange(buffer, {}));
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  IOResult<Unit> read(std::uint64_t block) {
    if (!pending) {
      take_buffer();
      pending = file.pread(block * block_size, buffer);
    }
    return finish();
  }
  IOResult<Unit> write(std::uint64_t block, std::byte filler) {
    if (!pending) {
      take_buffer();
      std::ranges::fill(buffer.bytes(), filler);
      pending = file.pwrite(block * block_size, buffer);
    }
    return finish();
  }
};

struct OnlyCancels : BlockFile {
  void give_up_read() {
    pending.cancel();
    pending = {};
    free.push_back(std::exchange(buffer, {}));
  }
};

struct AwaitsTheLastWord : BlockFile {
  void give_up_read() {
    pending.cancel();
    cancelled.push_back({std::exchange(pending, {}), std::exchange(buffer, {})});
  }
};

template <class Machine>
void read_then_write(Sim& sim) {
  Machine blocks{{sim.open("blocks")}};
  sim.survives({.errors = true, .refusals = true, .abandons = true});
  sim.task("client", [&] {
    for (std::uint64_t block = 0; block < 2; ++block) {
      static_cast<void>(sim.await([&] { return blocks.read(block); },
                                  {.abandon = [&] { blocks.give_up_read(); }}));
      static_cast<void>(sim.await([&] { return blocks.write(block, std::byte{1}); }));
    }
  });
  sim.run();
}

CANARY("corpus/classic/cancel-without-drain", "buffer-ownership", read_then_write<OnlyCancels>,
       read_then_write<AwaitsTheLastWord>);

}  // namespace
}  // namespace reprise::corpus::cancel_without_drain
