// What is read again before an await; what does not count; what two ways of watching both see.
#include <reprise/reprise.h>

#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::marks {
namespace {

template <class Machine>
void step_twice(Sim& sim) {
  Machine machine{{NumberFile(sim.open("f"))}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) sim.expect(sim.await([&] { return machine.step(); }).ok(), "done");
  });
  sim.run();
}

// --- A cursor's top, read again after the awaited call has moved it ---

struct Cursor {
  NumberFile file;
  int top = 3;
  int cells[4] = {};
  bool moved = false;

  IOResult<Unit> balance() {
    if (!moved) {
      moved = true;
      top -= 1;
      if (top == 0) top = 3;
    }
    RETURN_IF_IO(file.write(0, 1));
    moved = false;
    return Unit{};
  }
};

struct ReadsTopAgain : Cursor {
  IOResult<Unit> step() {
    int* const cell = &cells[top];
    RETURN_IF_IO(balance());
    *cell += 1;
    return Unit{};
  }
};

struct KeepsTop : Cursor {
  int kept = -1;

  IOResult<Unit> step() {
    if (kept < 0) kept = top;
    RETURN_IF_IO(balance());
    cells[kept] += 1;
    kept = -1;
    return Unit{};
  }
};

CANARY("check/prefix-read", "prefix-read", step_twice<ReadsTopAgain>, step_twice<KeepsTop>);

// --- Statistics ---

struct Counted {
  NumberFile file;
  std::uint64_t entries = 0;
};

struct Counts : Counted {
  IOResult<Unit> step() {
    entries += 1;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct CountsBenignly : Counted {
  IOResult<Unit> step() {
    REPRISE_BENIGN(entries += 1);
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

CANARY("check/benign", "double-mutation", step_twice<Counts>, step_twice<CountsBenignly>);

SCENARIO("check/benign-object") {
  Counts machine{{NumberFile(sim.open("f"))}};
  sim.benign("machine.entries", machine.entries);
  sim.task("client", [&] { sim.expect(sim.await([&] { return machine.step(); }).ok(), "done"); });
  sim.run();
}

// --- Tracked, under the watch: one finding ---

struct Named {
  NumberFile file;
  Tracked<int> value{"value"};
};

struct ChangesFirst : Named {
  IOResult<Unit> step() {
    value += 1;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct ChangesLast : Named {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    value += 1;
    return Unit{};
  }
};

CANARY("check/tracked", "double-mutation", step_twice<ChangesFirst>, step_twice<ChangesLast>);

}  // namespace
}  // namespace reprise::watched::marks
