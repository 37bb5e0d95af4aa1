// Expect: endless-run: does not give control back
// A commit ends with a checkpoint if the log has grown. The checkpoint waits until nobody reads.
#include <reprise/reprise.h>

#include <utility>

using namespace reprise;

struct Database {
  File& log;
  int readers = 0;
  int frames = 0;
};

IOResult<std::uint64_t> finish(Completion& pending) {
  if (!pending.finished()) IO_YIELD_ONE(pending);
  const Completion done = std::exchange(pending, {});
  if (!done.succeeded()) return done.get_error();
  return done.result();
}

struct Checkpoint {
  Database& database;

  IOResult<Unit> step() {
    if (database.readers > 0) IO_YIELD_ONE(Completion::yield());
    database.frames = 0;
    return Unit{};
  }
};

struct Writer {
  Database& database;
  Checkpoint checkpoint{database};
  bool written = false;
  Completion pending = {};

  IOResult<std::uint64_t> write_frame() {
    if (!pending) pending = database.log.pwrite(0, Buffer::allocate(512));
    return finish(pending);
  }
  IOResult<Unit> commit() {
    if (!written) {
      RETURN_IF_IO(write_frame());
      database.frames += 1;
      written = true;
    }
    if (database.frames >= 2) {
      for (;;) {  // it is short: run it to its end
        if (!checkpoint.step().is_io()) break;
      }
    }
    written = false;
    return Unit{};
  }
};

struct Reader {
  Database& database;
  Completion pending = {};

  IOResult<std::uint64_t> read() {
    if (!pending) {
      database.readers += 1;
      pending = database.log.pread(0, Buffer::allocate(512));
    }
    IOResult<std::uint64_t> bytes = finish(pending);
    if (!bytes.is_io()) database.readers -= 1;
    return bytes;
  }
};

SCENARIO("database/auto-checkpoint") {
  Database database{sim.open("log")};
  Writer writer{database};
  Reader reader{database};
  sim.task("writer", [&] {
    for (int i = 0; i < 3; ++i)
      sim.expect(sim.await([&] { return writer.commit(); }).ok(), "commits");
  });
  sim.task("reader", [&] {
    for (int i = 0; i < 3; ++i) sim.expect(sim.await([&] { return reader.read(); }).ok(), "reads");
  });
  sim.run();
}
