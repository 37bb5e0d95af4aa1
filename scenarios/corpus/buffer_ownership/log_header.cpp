// Corpus 92: the header of a new log is put together in a temporary buffer, which goes back to its
// pool as soon as the write is submitted. The first frame takes it from there and fills it anew.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::log_header {
namespace {

constexpr std::size_t block_size = 32;
constexpr std::byte header_mark{0x37};
constexpr std::byte frame_mark{0x18};

struct Temporaries {
  std::vector<Buffer> free = {};

  Buffer take() {
    if (free.empty()) return Buffer::allocate(block_size);
    const Buffer last = free.back();
    free.pop_back();
    return last;
  }
  void give_back(const Buffer& buffer) { free.push_back(buffer); }
};

struct Log {
  File& file;
  Temporaries& temporaries;
  Buffer header = {};
  Buffer frame = {};
  Completion header_written = {};
  Completion frame_written = {};

  Completion write(std::uint64_t block, const Buffer& buffer, std::byte mark) {
    std::ranges::fill(buffer.bytes(), mark);
    return file.pwrite(block * block_size, buffer);
  }
  void submit_frame() {
    frame = temporaries.take();
    frame_written = write(1, frame, frame_mark);
  }
  IOResult<Unit> finish() {
    if (!header_written.finished()) IO_YIELD_ONE(header_written);
    if (!frame_written.finished()) IO_YIELD_ONE(frame_written);
    temporaries.give_back(std::exchange(frame, {}));
    const Completion first = std::exchange(header_written, {});
    const Completion second = std::exchange(frame_written, {});
    if (!first.succeeded()) return first.get_error();
    if (!second.succeeded()) return second.get_error();
    return Unit{};
  }
};

struct GivesBackAtSubmit : Log {
  IOResult<Unit> start() {
    if (!header_written) {
      header = temporaries.take();
      header_written = write(0, header, header_mark);
      temporaries.give_back(std::exchange(header, {}));
      submit_frame();
    }
    return finish();
  }
};

struct GivesBackInTheEnd : Log {
  IOResult<Unit> start() {
    if (!header_written) {
      header = temporaries.take();
      header_written = write(0, header, header_mark);
      submit_frame();
    }
    IOResult<Unit> answer = finish();
    if (!answer.is_io()) temporaries.give_back(std::exchange(header, {}));
    return answer;
  }
};

template <class Machine>
void start_two_logs(Sim& sim) {
  Temporaries temporaries;
  Machine first{{sim.open("log 1"), temporaries}};
  Machine second{{sim.open("log 2"), temporaries}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return first.start(); }));
    static_cast<void>(sim.await([&] { return second.start(); }));
  });
  sim.run();
}

CANARY("corpus/buffer-ownership/log-header", "buffer-ownership", start_two_logs<GivesBackAtSubmit>,
       start_two_logs<GivesBackInTheEnd>);

}  // namespace
}  // namespace reprise::corpus::log_header
