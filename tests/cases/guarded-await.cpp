// Expect: clean
// A guard that the awaited call makes false: right code, and a finding all the same. The value of
// the second flush() is parked by the yield injected behind it, and handed to the third, which is
// not made.
#include <reprise/reprise.h>

using namespace reprise;

struct Filter {
  int made = 0, out = 0, written = 0;
  IOResult<Unit> flush() {
    written += out;
    out = 0;
    return Unit{};
  }
  IOResult<Unit> step() {
    for (;;) {
      if (out == 2 || made == 5) RETURN_IF_IO(flush());
      if (made == 5) return Unit{};
      ++made;
      ++out;
    }
  }
};

SCENARIO("guarded/flush") {
  Filter filter;
  sim.task("t", [&] {
    (void)sim.await([&] { return filter.step(); });
    sim.expect_eq(filter.written, 5);
  });
  sim.run();
}
