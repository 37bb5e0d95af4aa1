// Expect: clean
#include <reprise/reprise.h>
#include <utility>
using namespace reprise;
// Waits for an I/O that the caller has submitted, takes it, and gives its bytes.
IOResult<std::uint64_t> finish(Completion& pending) {
  if (!pending.finished()) IO_YIELD_ONE(pending);
  const Completion done = std::exchange(pending, {});
  if (!done.succeeded()) return done.get_error();
  return done.result();
}
struct Appender {
  File& file;
  Completion pending = {};
  std::uint64_t end = 0;
  IOResult<Unit> append() {
    if (!pending) pending = file.pwrite(end, Buffer::allocate(512));
    end += RETURN_IF_IO(finish(pending));
    return Unit{};
  }
};
SCENARIO("helper/append") {
  Appender appender{sim.open("log")};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return appender.append(); }));
  });
  sim.finally("the end is right", [&] { return appender.end == 1024; });
  sim.run();
}
