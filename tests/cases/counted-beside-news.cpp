// Expect: double-mutation: `reader.cache.hits` was changed twice
// The function looks at something new on each entry, another task's epoch and the time, and counts
// the lookup again: that is not another lookup.
#include <reprise/reprise.h>

#include <cstdint>

using namespace reprise;

namespace {

struct Cache {
  std::uint64_t epoch = 0;
  std::uint64_t hits = 0;
};

struct Reader {
  IO& io;
  File& file;
  Cache& cache;
  std::uint64_t seen = 0;
  Instant last_active = {};
  Completion reading = {};

  IOResult<Unit> look_up() {
    last_active = io.now();
    if (cache.epoch != seen) seen = cache.epoch;
    ++cache.hits;
    RETURN_IF_IO(load());
    return Unit{};
  }
  IOResult<Unit> load() {
    if (!reading) reading = file.pread(0, Buffer::allocate(3));
    if (!reading.finished()) IO_YIELD_ONE(reading);
    reading = {};
    return Unit{};
  }
};

struct Writer {
  File& file;
  Cache& cache;
  Completion syncing = {};

  IOResult<Unit> publish() {
    if (!syncing) syncing = file.sync();
    if (!syncing.finished()) IO_YIELD_ONE(syncing);
    syncing = {};
    ++cache.epoch;
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/counted-beside-news") {
  Cache cache;
  Reader reader{sim.io(), sim.open("f"), cache};
  Writer writer{sim.open("f"), cache};
  sim.task("reader", [&] {
    for (int i = 0; i < 3; ++i) (void)sim.await([&] { return reader.look_up(); });
  });
  sim.task("writer", [&] {
    for (int i = 0; i < 9; ++i) (void)sim.await([&] { return writer.publish(); });
  });
  sim.run();
}
