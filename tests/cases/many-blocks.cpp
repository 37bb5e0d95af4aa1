// Expect: clean
// What the store watch costs where thousands of block copies are remembered: a run takes tens of
// milliseconds.
#include <reprise/reprise.h>

#include <cstring>
#include <vector>

using namespace reprise;

SCENARIO("watch/many-blocks") {
  File& file = sim.open("f");
  std::vector<char*> blocks(4000);
  for (auto& b : blocks) b = new char[64]();
  int round = 0;
  Completion c;
  const auto ready = [&]() -> IOResult<Unit> {
    return c.finished() ? IOResult<Unit>(Unit{}) : IOResult<Unit>(c);
  };
  const auto other = [&]() -> IOResult<Unit> {
    return c.finished() ? IOResult<Unit>(Unit{}) : IOResult<Unit>(c);
  };
  const auto step = [&]() -> IOResult<Unit> {
    while (round < 8) {
      if (!c) {
        char text[64];
        std::memset(text, round + 1, sizeof text);
        for (auto* b : blocks) std::memcpy(b, text, sizeof text);
        c = file.sync();
      }
      if (round % 2)
        RETURN_IF_IO(ready());
      else
        RETURN_IF_IO(other());
      if (!c.succeeded()) return c.get_error();
      c = {};
      ++round;
    }
    return Unit{};
  };
  sim.task("t", [&] {
    for (int i = 0; i < 3; ++i) {
      round = 0;
      (void)sim.await(step);
    }
  });
  sim.run();
  for (auto* b : blocks) delete[] b;  // not watched: what is remembered of them stays
}
