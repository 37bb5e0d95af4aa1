// An entry is not an answer. A driver may enter a machine with nothing finished: because another
// completion woke it, or just to see. A machine that counts entries, or takes being entered for the
// end of its I/O, goes wrong; one that asks finished() only answers the same wait again.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

namespace reprise::reentry::spurious {
namespace {

constexpr std::uint32_t attempts_max = 3;

// Reads a page, and gives up after some attempts.
struct Reader {
  File& file;
  Completion pending = {};
  Tracked<std::uint32_t> attempts{"attempts"};

  bool take_result() {
    const Completion read = std::exchange(pending, {});
    if (read.succeeded()) attempts = 0;
    return read.succeeded();
  }
};

struct CountsEntries : Reader {
  IOResult<Unit> read() {
    do {
      if (!pending) pending = file.pread(0, Buffer::allocate(512));
      attempts += 1;
      if (attempts > attempts_max) return IOError::timed_out;
      if (!pending.finished()) IO_YIELD_ONE(pending);
    } while (!take_result());
    return Unit{};
  }
};

struct CountsAttempts : Reader {
  IOResult<Unit> read() {
    do {
      if (!pending) {
        if (attempts == attempts_max) return IOError::timed_out;
        attempts += 1;
        pending = file.pread(0, Buffer::allocate(512));
      }
      if (!pending.finished()) IO_YIELD_ONE(pending);
    } while (!take_result());
    return Unit{};
  }
};

template <class Machine>
void read_twice(Sim& sim) {
  Machine reader{{sim.open("page")}};
  sim.survives({.spurious = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return reader.read(); }).ok(), "the page is read");
    }
  });
  sim.run();
}

CANARY("reentry/spurious", "spurious-re-entry", read_twice<CountsEntries>,
       read_twice<CountsAttempts>);

}  // namespace
}  // namespace reprise::reentry::spurious
