// Expect: clean
// False positive, spurious-re-entry: of two I/Os one is named as the wait; the other has finished,
// and the machine goes on with it. "Nothing finished" is not so.
#include <reprise/reprise.h>
#include <utility>
using namespace reprise;
namespace {
struct Lane {
  std::uint64_t at;
  Completion io = {};
  int left = 2;
};
struct Two {
  File& file;
  Lane lanes[2] = {{0}, {100}};
  IOResult<Unit> run() {
    for (;;) {
      Lane* waiting = nullptr;
      for (Lane& lane : lanes) {
        while (lane.left > 0) {
          if (!lane.io) lane.io = file.pread(lane.at, Buffer::allocate(8));
          if (!lane.io.finished()) break;
          const Completion done = std::exchange(lane.io, {});
          if (!done.succeeded()) return done.get_error();
          lane.at += 8;
          lane.left -= 1;
        }
        if (lane.io && waiting == nullptr) waiting = &lane;
      }
      if (waiting == nullptr) return Unit{};
      IO_YIELD_ONE(waiting->io);
    }
  }
};
}  // namespace
SCENARIO("case/other_of_mine_finished") {
  Two two{sim.open("data")};
  sim.survives({.spurious = true});
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return two.run(); })); });
  sim.run();
}
