// Corpus 71: each frame of a log carries a checksum that goes on from the one before, the first
// from the header's. A statement that fails after the header is written puts back the sum of before
// the header; the next first frame goes on from there, and recovery keeps none.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::first_frame_checksum {
namespace {

constexpr std::uint64_t header_sum = 0xabcd;
constexpr std::uint64_t low_half = 0xffffffff;

std::uint64_t next_sum(std::uint64_t sum, std::uint64_t page) {
  return (sum * 31 + page) & low_half;
}
std::uint64_t frame_of(std::uint64_t sum, std::uint64_t page) {
  return page << 32 | next_sum(sum, page);
}

enum class State : std::uint8_t { save, header, frame };

// The header is number 0 of the file, and the frames are those that follow.
struct Log {
  NumberFile file;
  std::uint64_t sum = 0;
  std::uint64_t frames = 0;
  bool has_header = false;
  std::uint64_t saved_sum = 0;  // at the statement's begin
  State state = State::save;

  IOResult<Unit> spill_steps(std::uint64_t page) {
    switch (state) {
      case State::save:
        saved_sum = sum;
        state = State::header;
        [[fallthrough]];
      case State::header:
        if (!has_header) {
          RETURN_IF_IO(file.write(0, header_sum));
          has_header = true;
          sum = header_sum;
        }
        state = State::frame;
        [[fallthrough]];
      case State::frame: RETURN_IF_IO(file.write(1 + frames, frame_of(sum, page)));
    }
    frames += 1;
    sum = next_sum(sum, page);
    return Unit{};
  }
};

struct PutsBackTheOldSum : Log {
  IOResult<Unit> spill(std::uint64_t page) {
    IOResult<Unit> answer = spill_steps(page);
    if (answer.is_err()) sum = saved_sum;
    if (!answer.is_io()) state = State::save;
    return answer;
  }
};

struct PutsBackTheHeaders : Log {
  IOResult<Unit> spill(std::uint64_t page) {
    IOResult<Unit> answer = spill_steps(page);
    if (answer.is_err()) sum = frames == 0 && has_header ? header_sum : saved_sum;
    if (!answer.is_io()) state = State::save;
    return answer;
  }
};

// What a log that is opened again finds in its file.
struct Recovery {
  NumberFile file;
  std::uint64_t sum = 0;
  std::uint64_t frames = 0;

  IOResult<std::uint64_t> run() {
    if (sum == 0) sum = RETURN_IF_IO(file.read(0));
    while (sum != 0) {
      const std::uint64_t frame = RETURN_IF_IO(file.read(1 + frames));
      const std::uint64_t page = frame >> 32;
      if (page == 0 || frame != frame_of(sum, page)) break;
      sum = next_sum(sum, page);
      frames += 1;
    }
    return frames;
  }
};

template <class Machine>
void spill_and_recover(Sim& sim) {
  File& file = sim.open("log");
  Machine log{{NumberFile(file)}};
  Recovery recovery{NumberFile(file)};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t page = 1; page <= 2; ++page) {
      static_cast<void>(sim.await([&] { return log.spill(page); }));
    }
    const auto recovered = sim.await([&] { return recovery.run(); });
    if (recovered.ok()) sim.expect_eq(recovered, log.frames);
  });
  sim.run();
}

CANARY("corpus/invariant/first-frame-checksum", "invariant", spill_and_recover<PutsBackTheOldSum>,
       spill_and_recover<PutsBackTheHeaders>);

}  // namespace
}  // namespace reprise::corpus::first_frame_checksum
