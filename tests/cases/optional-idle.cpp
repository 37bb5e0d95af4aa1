// Expect: clean
#include <reprise/reprise.h>
#include <optional>
#include <utility>
using namespace reprise;
struct Query {
  std::uint64_t row;
  std::uint64_t at;
};
struct Reader {
  File& file;
  std::optional<Query> query = {};
  Completion pending = {};
  IOResult<std::uint64_t> read(std::uint64_t row) {
    if (!query) query = Query{row, row * 512};
    if (!pending) pending = file.pread(query->at, Buffer::allocate(512));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    query.reset();
    if (!done.succeeded()) return done.get_error();
    return done.result();
  }
};
SCENARIO("optional/read") {
  Reader reader{sim.open("log")};
  sim.survives({.errors = true});
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) static_cast<void>(sim.await([&] { return reader.read(i); }));
  });
  sim.idle("reader", reader);
  sim.run();
}
