// Expect: heap-lifetime: was lost in a later one
// Each entry allocates a scratch block, and forgets that the entry before had one: a block leaks
// whenever the read is not there at once. C libraries do this.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdlib>

using namespace reprise;

namespace {

struct Reader {
  File& file;
  Completion reading = {};
  Buffer buffer = Buffer::allocate(64);
  void* scratch = nullptr;

  IOResult<std::size_t> read() {
    scratch = std::malloc(256);
    if (!reading) reading = file.pread(0, buffer);
    if (!reading.finished()) IO_YIELD_ONE(reading);
    const Completion done = std::exchange(reading, {});
    std::free(scratch);
    scratch = nullptr;
    if (!done.succeeded()) return done.get_error();
    return static_cast<std::size_t>(done.result());
  }
};

}  // namespace

SCENARIO("case/allocated-again") {
  Reader reader{sim.open("data")};
  sim.task("client",
           [&] { sim.expect(sim.await([&] { return reader.read(); }).ok(), "it is read"); });
  sim.run();
}
