// Expect: progress: wakes itself again and again
// A relay between two ends: what was read from one is written to the other. When there is nothing
// to do it waits for whatever comes next, or for its timeout.
#include <reprise/reprise.h>

#include <utility>

using namespace reprise;

struct Relay {
  IO& io;
  File& from;
  File& to;
  std::uint64_t at = 0;
  Buffer block = Buffer::allocate(64);
  std::uint64_t have = 0;
  bool shut = false;
  Completion read = {};
  Completion write = {};
  Completion timeout = {};

  IOResult<std::uint64_t> run() {
    for (;;) {
      if (write) {
        if (!write.finished()) return Completion::yield();  // look again
        const Completion done = std::exchange(write, {});
        if (!done.succeeded()) return done.get_error();
        at += std::exchange(have, 0);
      }
      if (shut) {  // both sides: linger a while
        if (!timeout) timeout = io.timer(Duration(30'000'000'000));
        if (!timeout.finished()) return Completion::yield();
        return at;
      }
      if (!read) read = from.pread(at, block);
      if (!read.finished()) IO_YIELD_ONE(read);
      const Completion done = std::exchange(read, {});
      if (!done.succeeded()) return done.get_error();
      have = done.result();
      shut = have == 0;
      if (!shut) write = to.pwrite(at, block.slice(0, have));
    }
  }
};

SCENARIO("public/wakes_itself") {
  File& from = sim.open("from");
  Relay relay{sim.io(), from, sim.open("to")};
  sim.task("relay", [&] {
    sim.wait(from.pwrite(0, Buffer::allocate(200)));
    sim.expect_eq(sim.await([&] { return relay.run(); }), 200u);
  });
  sim.run();
}
