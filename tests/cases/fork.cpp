// Expect: crash: called fork(), and the child came back into the scenario's run
#include <reprise/reprise.h>
#include <utility>
using namespace reprise;
struct Counter {
  File& file;
  int value = 0;
  Completion pending = {};
  IOResult<int> bump() {
    RETURN_IF_IO(load());
    value += 1;
    return value;
  }
  IOResult<Unit> load() {
    if (!pending) pending = file.pread(0, Buffer::allocate(512));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion read = std::exchange(pending, {});
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }
};
#include <unistd.h>
SCENARIO("case/fork") {
  Counter counter{sim.open("counter")};
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return counter.bump(); }), i);
      if (i == 2) (void)fork();
    }
  });
  sim.run();
}
