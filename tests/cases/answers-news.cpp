// Expect: clean
// What looks like the same work again is other work: each time something new has come in. A count
// of I/Os that have finished, in any order; slots that another task marks anew; a version read anew
// on each entry; the time of the last entry.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <utility>

using namespace reprise;

namespace {

/// Each count belongs to one I/O that has finished and was taken out.
struct Gather {
  std::array<Completion, 3> reads = {};
  bool is_begun = false;
  int handled = 0;

  IOResult<int> run(File& file) {
    if (!std::exchange(is_begun, true)) {
      for (Completion& read : reads) read = file.pread(0, Buffer::allocate(3));
    }
    for (Completion& read : reads) {
      if (!read || !read.finished()) continue;
      handled++;
      read = {};
    }
    RETURN_IF_IO(rest());
    return handled;
  }
  IOResult<Unit> rest() {
    CompletionGroup group;
    for (const Completion& read : reads) {
      if (read) group.add(read);
    }
    if (const Completion any = group.build_any(Losers::left); !any.finished()) return any;
    return Unit{};
  }
};

/// One read at a time: what has finished is handled at the top, and the bottom waits.
struct OneByOne {
  File& file;
  int left = 4;
  Completion reading = {};

  IOResult<int> run() {
    for (;;) {
      if (reading && reading.finished()) {
        if (!reading.succeeded()) return reading.get_error();
        --left;
        reading = {};
      }
      if (left == 0) return 4;
      if (!reading) reading = file.pread(static_cast<std::uint64_t>(left), Buffer::allocate(2));
      RETURN_IF_IO(wait());
    }
  }
  IOResult<Unit> wait() {
    if (!reading.finished()) return reading;
    return Unit{};
  }
};

struct Slots {
  int marked = 0;
  WakeList change{"slots"};
};

struct User {
  Slots& slots;
  int left = 3;
  WakeList::Place place{slots.change};

  IOResult<Unit> run() {
    for (; left > 0; --left) {
      RETURN_IF_IO(place.until([&] { return slots.marked == 0; }));
      slots.marked = 1;
      slots.change.wake_all();
    }
    return Unit{};
  }
};

struct Sweeper {
  Slots& slots;
  int freed = 0;
  WakeList::Place place{slots.change};

  IOResult<int> run() {
    for (;;) {
      if (slots.marked != 0) {
        slots.marked = 0;
        ++freed;
        slots.change.wake_all();
      }
      if (freed == 3) return freed;
      RETURN_IF_IO(place.until([&] { return slots.marked != 0; }));
    }
  }
};

struct Document {
  std::uint64_t version = 10;
};

struct Reader {
  IO& io;
  File& file;
  Document& document;
  std::uint64_t seen = 0;
  Instant last_active = {};
  Completion reading = {};

  IOResult<std::uint64_t> run() {
    last_active = io.now();
    seen = document.version;
    RETURN_IF_IO(load());
    return seen;
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
  Document& document;
  Completion writing = {};

  IOResult<Unit> run() {
    if (!writing) writing = file.pwrite(8, Buffer::allocate(3));
    if (!writing.finished()) IO_YIELD_ONE(writing);
    writing = {};
    document.version += 3;
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/answers-news/gather") {
  sim.write_file("f", "abcdefghijkl");
  File& file = sim.open("f");
  sim.task("client", [&] {
    Gather gather;
    sim.expect_eq(sim.await([&] { return gather.run(file); }), 3);
  });
  sim.run();
}

SCENARIO("case/answers-news/one-by-one") {
  OneByOne machine{sim.open("f")};
  sim.task("client", [&] { sim.expect_eq(sim.await([&] { return machine.run(); }), 4); });
  sim.run();
}

SCENARIO("case/answers-news/sweeper") {
  Slots slots;
  User user{slots};
  Sweeper sweeper{slots};
  sim.drive("user", [&] { return user.run(); });
  sim.drive("sweeper", [&] { return sweeper.run(); });
  sim.run();
}

SCENARIO("case/answers-news/snapshot") {
  Document document;
  Reader reader{sim.io(), sim.open("f"), document};
  Writer writer{sim.open("f"), document};
  sim.reads_may_race_writes();
  sim.results_depend_on_timing();
  sim.task("reader", [&] {
    for (int i = 0; i < 3; ++i) (void)sim.await([&] { return reader.run(); });
  });
  sim.task("writer", [&] {
    for (int i = 0; i < 3; ++i) (void)sim.await([&] { return writer.run(); });
  });
  sim.run();
}
