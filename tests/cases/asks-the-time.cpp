// Expect: determinism: asks for the time
// A log with time stamps. The world answers, and says so once: such a run differs from one with
// other stamps.
#include <reprise/reprise.h>

#include <cstdint>
#include <ctime>

using namespace reprise;

namespace {

struct Log {
  File& file;
  Completion writing = {};
  std::time_t stamp = 0;

  IOResult<Unit> append() {
    if (!writing) {
      stamp = std::time(nullptr);
      const Buffer line = Buffer::allocate(8);
      line.bytes()[0] = static_cast<std::byte>(stamp);
      writing = file.pwrite(0, line);
    }
    if (!writing.finished()) IO_YIELD_ONE(writing);
    if (!writing.succeeded()) return writing.get_error();
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/asks-the-time") {
  Log log{sim.open("log")};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return log.append(); }).ok(), "the line is written");
  });
  sim.run();
}
