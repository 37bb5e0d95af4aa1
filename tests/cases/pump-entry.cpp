// Expect: clean
// An event loop's entry: sends what is queued, then receives till it would block. Right code, and
// double-mutation all the same: entry 1 and entry 3 each send another message, and recv() has said
// Done in between.
#include <reprise/reprise.h>

using namespace reprise;

struct Pump {
  IO& io;
  int queued = 1, sent = 0, received = 0;
  Completion next = {};

  IOResult<Unit> recv() {
    if (!next) next = io.timer(std::chrono::nanoseconds(5));
    if (!next.finished()) return next;
    if (!next.succeeded()) return next.get_error();
    next = {};
    return Unit{};
  }
  IOResult<Unit> step() {
    for (; queued > 0; --queued) ++sent;
    while (received < 3) {
      RETURN_IF_IO(recv());
      ++received;
      ++queued;  // an answer, sent in the next entry
    }
    return Unit{};
  }
};

SCENARIO("pump/entry") {
  Pump pump{sim.io()};
  sim.task("t", [&] {
    (void)sim.await([&] { return pump.step(); });
    sim.expect_eq(pump.sent + pump.queued, 4);
  });
  sim.run();
}
