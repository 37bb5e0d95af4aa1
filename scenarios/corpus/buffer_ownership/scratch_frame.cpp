// Corpus 91: each frame of a log is put together in one scratch buffer. The second one goes there
// while the first is still being written from it, and the first on disk has the second one's bytes.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::scratch_frame {
namespace {

constexpr std::size_t frame_size = 32;

struct Log {
  File& file;
  std::uint64_t frames = 0;  // submitted
  Completion pending = {};   // all frames of the append under way

  Completion submit(std::byte content, const Buffer& frame) {
    std::ranges::fill(frame.bytes(), content);
    return file.pwrite(frame_size * frames++, frame);
  }
  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

struct UsesOneBuffer : Log {
  Buffer scratch = Buffer::allocate(frame_size);

  IOResult<Unit> append(std::byte first, std::byte second) {
    if (!pending) {
      CompletionGroup group;
      group.add(submit(first, scratch));
      group.add(submit(second, scratch));
      pending = group.build();
    }
    return finish();
  }
};

struct GivesEachItsOwn : Log {
  IOResult<Unit> append(std::byte first, std::byte second) {
    if (!pending) {
      CompletionGroup group;
      group.add(submit(first, Buffer::allocate(frame_size)));
      group.add(submit(second, Buffer::allocate(frame_size)));
      pending = group.build();
    }
    return finish();
  }
};

template <class Machine>
void append_frames(Sim& sim) {
  Machine log{{sim.open("log")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return log.append(std::byte{1}, std::byte{2}); }));
  });
  sim.run();
}

CANARY("corpus/buffer-ownership/scratch-frame", "buffer-ownership", append_frames<UsesOneBuffer>,
       append_frames<GivesEachItsOwn>);

}  // namespace
}  // namespace reprise::corpus::scratch_frame
