// Corpus 10: a parser takes the head of a frame out of the stream's buffer and may yield in the
// middle of the frame for more bytes; the re-entry starts at the top, but the head is gone.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::frame_parser {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t chunk_size = 3;

// A log of frames, each a byte with the length, and so many bytes.
struct Log {
  File& file;
  Bytes stream = {};      // read, and not yet drained
  std::uint64_t end = 0;  // of what is read, within the file
  Buffer chunk = {};
  Completion pending = {};

  IOResult<Unit> read_more() {
    if (!pending) {
      chunk = Buffer::allocate(chunk_size);
      pending = file.pread(end, chunk);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion read = std::exchange(pending, {});
    if (!read.succeeded()) return read.get_error();
    if (read.result() == 0) return IOError::corrupt;  // the log ends within a frame
    for (std::size_t i = 0; i < read.result(); ++i) {
      stream.push_back(std::to_integer<std::uint8_t>(chunk.bytes()[i]));
    }
    end += read.result();
    return Unit{};
  }
  IOResult<Bytes> look(std::size_t from, std::size_t size) {
    while (stream.size() < from + size) RETURN_IF_IO(read_more());
    const auto first = stream.begin() + static_cast<std::ptrdiff_t>(from);
    return Bytes(first, first + static_cast<std::ptrdiff_t>(size));
  }
  void drain(std::size_t size) {
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size));
  }
};

struct DrainsWhatItHasSeen : Log {
  IOResult<Bytes> next_frame() {
    const Bytes head = RETURN_IF_IO(look(0, 1));
    drain(1);
    const Bytes body = RETURN_IF_IO(look(0, head[0]));
    drain(head[0]);
    return body;
  }
};

struct DrainsWholeFrames : Log {
  IOResult<Bytes> next_frame() {
    const Bytes head = RETURN_IF_IO(look(0, 1));
    const Bytes body = RETURN_IF_IO(look(1, head[0]));
    drain(1 + head[0]);
    return body;
  }
};

// Keeps on until all the bytes are written.
struct Writer {
  File& file;
  Bytes bytes;
  std::uint64_t written = 0;
  Completion pending = {};

  IOResult<Unit> write() {
    while (written < bytes.size()) {
      if (!pending) {
        const Buffer rest = Buffer::allocate(bytes.size() - written);
        std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(written), bytes.end(),
                       rest.data(), [](std::uint8_t byte) { return std::byte{byte}; });
        pending = file.pwrite(written, rest);
      }
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion done = std::exchange(pending, {});
      if (!done.succeeded()) return done.get_error();
      written += done.result();
    }
    return Unit{};
  }
};

template <class Machine>
void read_frames(Sim& sim) {
  File& file = sim.open("log");
  Writer writer{file, {3, 1, 2, 3, 1, 9, 2, 7, 8}};
  Machine log{{file}};
  std::vector<Bytes> frames;
  sim.survives({.short_io = true});
  sim.task("recovery", [&] {
    sim.expect(sim.await([&] { return writer.write(); }).ok(), "the log is written");
    for (int i = 0; i < 3; ++i) {
      auto frame = sim.await([&] { return log.next_frame(); });
      if (!frame.ok()) return;
      frames.push_back(frame.value());
    }
  });
  sim.observe("frames", frames);
  sim.run();
}

CANARY("corpus/schedule-equivalence/frame-parser", "schedule-equivalence",
       read_frames<DrainsWhatItHasSeen>, read_frames<DrainsWholeFrames>);

}  // namespace
}  // namespace reprise::corpus::frame_parser
