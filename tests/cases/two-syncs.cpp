// Expect: clean
// Two barriers of one operation, in flight together. How each came out is asked at the end.
#include <reprise/reprise.h>

using namespace reprise;

namespace {

struct Log {
  IO& io;
  File& file;
  int phase = 0;
  Completion first = {}, pause = {}, second = {};

  IOResult<Unit> flush() {
    if (phase == 0) {
      first = file.sync();
      pause = io.timer(Duration(10));
      phase = 1;
    }
    if (phase == 1) {
      RETURN_IF_IO(take_finished(pause));
      second = file.sync();
      phase = 2;
    }
    if (!first.finished()) return first;
    if (!second.finished()) return second;
    phase = 0;
    if (!second.succeeded()) {
      (void)first.get_error();
      return second.get_error();
    }
    if (!first.succeeded()) return first.get_error();
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/two-syncs") {
  Log log{sim.io(), sim.open("log")};
  sim.task("client", [&] { (void)sim.await([&] { return log.flush(); }); });
  sim.run();
}
