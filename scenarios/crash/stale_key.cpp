// A machine that looks up again after a yield what another one may have taken away meanwhile.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>

#include "scenarios/number_file.h"

namespace reprise::crash::stale_key {
namespace {

// Open cursors by their number.
struct Cursors {
  Tracked<std::map<std::uint64_t, std::uint64_t>> positions{"positions", {{1, 0}}};

  void close(std::uint64_t cursor) { positions.erase(cursor); }
};

struct Fetch {
  Cursors& cursors;
  NumberFile table;
};

struct TakesForGranted : Fetch {
  IOResult<std::uint64_t> next(std::uint64_t cursor) {
    const std::uint64_t row = RETURN_IF_IO(table.read(cursor));
    cursors.positions.set_at(cursor, cursors.positions->at(cursor) + 1);  // throws if it is closed
    return row;
  }
};

struct LooksAgain : Fetch {
  IOResult<std::uint64_t> next(std::uint64_t cursor) {
    const std::uint64_t row = RETURN_IF_IO(table.read(cursor));
    const auto position = cursors.positions->find(cursor);
    if (position == cursors.positions->end()) return IOError::bad_file;
    cursors.positions.set_at(cursor, position->second + 1);
    return row;
  }
};

template <class Machine>
void fetch_and_close(Sim& sim) {
  File& file = sim.open("table");
  Cursors cursors;
  Machine fetch{{cursors, NumberFile(file)}};
  NumberFile log(file);
  sim.task("reader", [&] {
    const auto row = sim.await([&] { return fetch.next(1); });
    sim.expect(row.ok() || row.error() == IOError::bad_file, "the row is read, or was closed");
  });
  sim.task("closer", [&] {
    sim.expect(sim.await([&] { return log.write(9, 1); }).ok(), "the log is written");
    cursors.close(1);
  });
  sim.run();
}

CANARY("crash/stale-key", "crash", fetch_and_close<TakesForGranted>, fetch_and_close<LooksAgain>);

}  // namespace
}  // namespace reprise::crash::stale_key
