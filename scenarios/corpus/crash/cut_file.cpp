// Corpus 74: a reader takes it for granted that a read gives as many bytes as were asked for, and
// falls over where a file was cut off, instead of saying so to whoever waits.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace reprise::corpus::cut_file {
namespace {

constexpr std::size_t frame_size = 16;
constexpr std::uint64_t frames_written = 2;

struct Reader {
  File& file;
  Buffer frame = Buffer::allocate(frame_size);
  std::uint64_t have = 0;  // bytes of the frame
  Completion pending = {};

  IOResult<std::uint64_t> read_part(std::uint64_t number) {
    if (!pending) {
      pending = file.pread(number * frame_size + have, frame.slice(have, frame_size - have));
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion part = std::exchange(pending, {});
    if (!part.succeeded()) return part.get_error();
    return part.result();
  }
};

struct ExpectsAll : Reader {
  IOResult<Unit> read(std::uint64_t number) {
    const std::uint64_t bytes = RETURN_IF_IO(read_part(number));
    if (bytes != frame_size) throw std::length_error("a frame is read as a whole");
    return Unit{};
  }
};

struct SaysThatItIsCut : Reader {
  IOResult<Unit> read(std::uint64_t number) {
    IOResult<Unit> answer = read_rest(number);
    if (!answer.is_io()) have = 0;
    return answer;
  }
  IOResult<Unit> read_rest(std::uint64_t number) {
    while (have < frame_size) {
      const std::uint64_t bytes = RETURN_IF_IO(read_part(number));
      if (bytes == 0) return IOError::corrupt;
      have += bytes;
    }
    return Unit{};
  }
};

template <class Machine>
void read_cut_file(Sim& sim) {
  File& file = sim.open("log");
  Machine reader{{file}};
  const std::uint64_t cut =
      static_cast<std::uint64_t>(sim.choose_between("bytes cut", 0, frame_size));
  sim.survives({.errors = true, .short_io = true});
  sim.task("client", [&] {
    const Completion extended = file.truncate(frames_written * frame_size - cut);
    if (sim.wait(extended) != IOError::none) return;
    for (std::uint64_t number = 0; number < frames_written; ++number) {
      const auto outcome = sim.await([&] { return reader.read(number); });
      sim.expect(outcome.ok() || outcome.error() == IOError::io ||
                     (outcome.error() == IOError::corrupt && cut > 0),
                 "a whole frame is read");
    }
  });
  sim.run();
}

CANARY("corpus/crash/cut-file", "crash", read_cut_file<ExpectsAll>, read_cut_file<SaysThatItIsCut>);

}  // namespace
}  // namespace reprise::corpus::cut_file
