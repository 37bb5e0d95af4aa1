// A first machine, and its scenario: a counter that lives in a file. It has the classic bug.
//
//   reprise fuzz examples/first_machine.cpp
#include <reprise/reprise.h>

#include <utility>

using namespace reprise;

// The machine: it knows reprise::core, and nothing of tests.
struct Counter {
  File& file;
  int value = 0;
  Completion pending = {};

  IOResult<int> bump() {
    value += 1;            // changed first ...
    RETURN_IF_IO(load());  // ... and then it may yield: the re-entry adds one more
    return value;
  }

  // Reads the file; yields until the bytes are there.
  IOResult<Unit> load() {
    if (!pending) pending = file.pread(0, Buffer::allocate(512));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion read = std::exchange(pending, {});
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }
};

// The scenario: a workload, and what must hold.
SCENARIO("counter/bump") {  // `sim` is this run's world
  Counter counter{sim.open("counter")};
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) sim.expect_eq(sim.await([&] { return counter.bump(); }), i);
  });
  sim.run();
}
