// Corpus 73: a write of several buffers that the device cuts short goes on at the next buffer,
// though the one before was written in part only.
#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace reprise::corpus::skipped_buffer {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t body_size = 24;
constexpr std::size_t frame_size = header_size + body_size;
constexpr std::byte filler{0x5a};

struct Writer {
  File& file;
  std::array<Buffer, 2> buffers = {Buffer::allocate(header_size), Buffer::allocate(body_size)};
  std::size_t index = 0;  // of the first buffer that is not written
  std::size_t begin = 0;  // of its bytes that are not written
  std::uint64_t position = 0;
  Completion pending = {};

  void submit() {
    std::array<Buffer, 2> rest = buffers;
    rest[index] = buffers[index].slice(begin, buffers[index].size() - begin);
    pending = file.pwritev(position, std::span(rest).subspan(index));
  }
  void start_again() {
    index = 0;
    begin = 0;
    position = 0;
  }
};

struct SkipsTheBuffer : Writer {
  void advance(std::uint64_t bytes) {
    position += bytes;
    while (bytes > 0) {
      bytes -= std::min<std::uint64_t>(bytes, buffers[index].size());
      ++index;
    }
  }
};

struct GoesOnWithin : Writer {
  void advance(std::uint64_t bytes) {
    position += bytes;
    begin += bytes;
    while (index < buffers.size() && begin >= buffers[index].size()) {
      begin -= buffers[index].size();
      ++index;
    }
  }
};

template <class Part>
struct FrameWriter : Part {
  IOResult<Unit> write() {
    IOResult<Unit> answer = write_rest();
    if (!answer.is_io()) this->start_again();
    return answer;
  }
  IOResult<Unit> write_rest() {
    while (this->index < this->buffers.size()) {
      if (!this->pending) this->submit();
      if (!this->pending.finished()) IO_YIELD_ONE(this->pending);
      const Completion written = std::exchange(this->pending, {});
      if (is_retryable(written.get_error())) continue;
      if (!written.succeeded()) return written.get_error();
      if (written.result() == 0) return IOError::io;
      this->advance(written.result());
    }
    return Unit{};
  }
};

template <class Part>
void write_frame(Sim& sim) {
  File& file = sim.open("log");
  FrameWriter<Part> writer{{{file}}};
  for (const Buffer& buffer : writer.buffers) std::ranges::fill(buffer.bytes(), filler);
  sim.survives({.retries = true, .short_io = true});
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return writer.write(); }).ok(), "the frame is written");
    const Buffer frame = Buffer::allocate(frame_size);
    for (std::uint64_t have = 0; have < frame_size;) {
      const Completion read = file.pread(have, frame.slice(have, frame_size - have));
      const IOError error = sim.wait(read);
      if (is_retryable(error)) continue;
      if (!sim.expect(read.result() > 0, "the whole frame is in the file")) return;
      have += read.result();
    }
    sim.expect(std::ranges::count(frame.bytes(), filler) == frame_size, "the frame is whole");
  });
  sim.run();
}

CANARY("corpus/invariant/skipped-buffer", "invariant", write_frame<SkipsTheBuffer>,
       write_frame<GoesOnWithin>);

}  // namespace
}  // namespace reprise::corpus::skipped_buffer
