// Expect: clean
// False positive, premature-use: a write-behind whose end only an abandoned flush has waited for.
#include <reprise/reprise.h>
#include <utility>
using namespace reprise;
namespace {
struct WriteBehind {
  File& file;
  Buffer bytes = Buffer::allocate(8);
  Completion writing = {};
  IOResult<Unit> append() {  // promises nothing
    writing = file.pwrite(0, bytes);
    return Unit{};
  }
  IOResult<Unit> flush() {  // promises
    if (!writing.finished()) IO_YIELD_ONE(writing);
    const Completion done = std::exchange(writing, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};
}  // namespace
SCENARIO("case/abandoned_waiter") {
  WriteBehind log{sim.open("log")};
  sim.survives({.errors = true, .abandons = true});
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return log.append(); }));
    static_cast<void>(sim.await([&] { return log.flush(); }, {.abandon = [] {}, .abort = {}}));
  });
  sim.run();
}
