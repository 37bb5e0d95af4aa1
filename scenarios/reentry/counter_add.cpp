// The pitfall in one line: `value += 1`, and only then a call that may yield. A machine that yields
// is entered again from the top, so what it did before the yield is done once more.
#include <reprise/reprise.h>

#include <utility>

namespace reprise::reentry::counter_add {
namespace {

struct Counter {
  File& file;
  Tracked<int> value{"value"};
  Completion pending = {};

  // Submits a read, yields until it is there.
  IOResult<Unit> load() {
    if (!pending) pending = file.pread(0, Buffer::allocate(512));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion read = std::exchange(pending, {});
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }
};

struct Broken : Counter {
  IOResult<int> bump() {
    value += 1;            // changed first ...
    RETURN_IF_IO(load());  // ... and then it yields: the re-entry adds one more
    return value;
  }
};

struct Mended : Counter {
  IOResult<int> bump() {
    RETURN_IF_IO(load());
    value += 1;  // behind the last yield: once per operation
    return value;
  }
};

template <class Machine>
void bump_three_times(Sim& sim) {
  Machine counter{{sim.open("counter")}};
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) sim.expect_eq(sim.await([&] { return counter.bump(); }), i);
  });
  sim.always("never negative", [&] { return counter.value >= 0; });
  sim.run();
}

CANARY("reentry/counter-add", "double-mutation", bump_three_times<Broken>,
       bump_three_times<Mended>);

}  // namespace
}  // namespace reprise::reentry::counter_add
