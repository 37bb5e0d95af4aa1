// Expect: endless-run: an operation wakes itself again and again
// This machine waits for a timer by looking at it again and again. So it keeps the processor busy
// until the timer fires.
#include <reprise/reprise.h>

#include <chrono>

using namespace reprise;

namespace {

struct Sleeper {
  Completion timer = {};

  IOResult<Unit> sleep(IO& io) {
    if (!timer) timer = io.timer(std::chrono::seconds(5));
    if (!timer.finished()) IO_YIELD_ONE(Completion::yield());
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/looks-at-timer") {
  Sleeper sleeper;
  sim.task("sleeper", [&] { (void)sim.await([&] { return sleeper.sleep(sim.io()); }); });
  sim.run();
}
