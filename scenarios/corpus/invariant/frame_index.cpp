// Corpus 26: the index of frames names a frame as soon as its write is submitted. A reader finds it
// there, and reads from the file what is not in it yet.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::frame_index {
namespace {

constexpr std::uint64_t pages = 2;
constexpr std::uint64_t absent = UINT64_MAX;

constexpr std::uint64_t content(std::uint64_t page) { return 100 + page; }

// The newest content of a page is in the frame that the index names; frames count from 1.
struct Log {
  NumberFile writes;
  NumberFile reads;
  std::uint64_t frames = 0;
  std::array<std::uint64_t, pages> frame_of = {};

  IOResult<std::uint64_t> find(std::uint64_t page) {
    if (frame_of[page] == 0) return absent;
    const std::uint64_t number = RETURN_IF_IO(reads.read(frame_of[page]));
    return number;
  }
};

struct NamesItAtSubmit : Log {
  IOResult<Unit> append(std::uint64_t page) {
    frame_of[page] = frames + 1;
    RETURN_IF_IO(writes.write(frames + 1, content(page)));
    frames += 1;
    return Unit{};
  }
};

struct NamesItWhenWritten : Log {
  IOResult<Unit> append(std::uint64_t page) {
    RETURN_IF_IO(writes.write(frames + 1, content(page)));
    frames += 1;
    frame_of[page] = frames;
    return Unit{};
  }
};

template <class Machine>
void write_and_read(Sim& sim) {
  File& file = sim.open("log");
  Machine log{{NumberFile(file), NumberFile(file)}};
  sim.task("writer", [&] {
    for (std::uint64_t page = 0; page < pages; ++page) {
      static_cast<void>(sim.await([&] { return log.append(page); }));
    }
  });
  sim.task("reader", [&] {
    for (std::uint64_t page = 0; page < pages; ++page) {
      const auto found = sim.await([&] { return log.find(page); });
      sim.expect(!found.ok() || found == absent || found == content(page),
                 "the page that is found is the one that was written");
    }
  });
  sim.run();
}

CANARY("corpus/invariant/frame-index", "invariant", write_and_read<NamesItAtSubmit>,
       write_and_read<NamesItWhenWritten>);

}  // namespace
}  // namespace reprise::corpus::frame_index
