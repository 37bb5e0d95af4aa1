// Expect: crash: from memory that was freed
// The opener keeps pointers to those who wait, and one of them has gone. Its completion is finished
// by code of the library, which is not watched: only the bytes in the pointer tell where it is
// from.
#include <reprise/reprise.h>

#include <memory>
#include <vector>

using namespace reprise;

namespace {

struct Door {
  File& file;
  Completion opening = {};
  std::vector<Completion*> waiting = {};

  IOResult<Unit> open() {
    if (!opening) opening = file.sync();
    if (!opening.finished()) IO_YIELD_ONE(opening);
    for (Completion* const each : waiting) each->finish(0);
    return Unit{};
  }
};

struct Guest {
  CompletionPool pool = {};
  Completion opened = {};
};

}  // namespace

SCENARIO("case/freed-waiter") {
  Door door{sim.open("door")};
  sim.task("porter", [&] { (void)sim.await([&] { return door.open(); }); });
  sim.task("guest", [&] {
    auto guest = std::make_unique<Guest>();
    guest->opened = guest->pool.make();
    door.waiting.push_back(&guest->opened);
  });
  sim.run();
}
