// Expect: prefix-read: was another when re-entry read it again
// A cell is looked up by the cursor's top before an await, and again on re-entry; by then the
// awaited call has moved the top, and another cell is counted than the one that was made ready.
#include <reprise/reprise.h>

#include <utility>

using namespace reprise;

namespace {

struct Cursor {
  File& file;
  Completion write = {};
  int top = 3;
  int cells[4] = {};
  bool moved = false;

  IOResult<Unit> balance() {
    if (!moved) {
      moved = true;
      top -= 1;
      if (top == 0) top = 3;
    }
    if (!write) write = file.pwrite(0, Buffer::allocate(8));
    if (!write.finished()) IO_YIELD_ONE(write);
    const Completion done = std::exchange(write, {});
    moved = false;
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }

  IOResult<Unit> step() {
    int* const cell = &cells[top];
    RETURN_IF_IO(balance());
    *cell += 1;
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/top-read-again") {
  Cursor cursor{sim.open("f")};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) sim.expect(sim.await([&] { return cursor.step(); }).ok(), "done");
  });
  sim.run();
}
