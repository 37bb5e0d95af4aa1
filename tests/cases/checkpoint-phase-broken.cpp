// Expect: idle-state: set here last
// A checkpoint in phases: the frames are read from the log, written to the database file, which is
// synced, and the log is cut.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

using namespace reprise;

constexpr std::uint64_t page_size = 64;

struct Checkpointer {
  File& database;
  File& wal;
  enum class Phase { start, read, write, sync, truncate } phase = Phase::start;
  Buffer page = Buffer::allocate(page_size);
  Completion pending = {};

  // Waits for the I/O of this phase.
  IOResult<std::uint64_t> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return done.result();
  }
  IOResult<Unit> checkpoint() {
    for (;;) {
      switch (phase) {
        case Phase::start: phase = Phase::read; break;
        case Phase::read:
          if (!pending) pending = wal.pread(0, page);
          if (RETURN_IF_IO(finish()) == 0) {
            phase = Phase::start;
            return Unit{};  // nothing in it
          }
          phase = Phase::write;
          break;
        case Phase::write:
          if (!pending) pending = database.pwrite(0, page);
          RETURN_IF_IO(finish());
          phase = Phase::sync;
          break;
        case Phase::sync:
          if (!pending) pending = database.sync();
          RETURN_IF_IO(finish());
          phase = Phase::truncate;
          break;
        case Phase::truncate:
          if (!pending) pending = wal.truncate(0);
          RETURN_IF_IO(finish());
          phase = Phase::start;
          return Unit{};
      }
    }
  }
};

SCENARIO("case/checkpoint_phase") {
  File& wal = sim.open("wal");
  Checkpointer checkpointer{sim.open("database"), wal};
  sim.survives({.errors = true});
  sim.idle("the checkpointer", checkpointer);
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      Buffer frame = Buffer::allocate(page_size);
      frame.bytes()[0] = static_cast<std::byte>(i + 1);
      if (sim.wait(wal.pwrite(0, frame)) != IOError::none) return;
      static_cast<void>(sim.await([&] { return checkpointer.checkpoint(); }));
    }
  });
  sim.run();
}
