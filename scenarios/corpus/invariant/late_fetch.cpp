// Corpus 11: a delete has begun to change the table when it fetches the record, by a call that must
// not wait; where the record is not in memory, that call has to read a page.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>
#include <set>

#include "scenarios/number_file.h"

namespace reprise::corpus::late_fetch {
namespace {

using Records = std::map<std::uint64_t, std::uint64_t>;

struct Table {
  NumberFile tree;
  std::set<std::uint64_t> rows = {1, 2};
  Records cached = {{1, 10}};
  Records tombstones = {};

  IOResult<std::uint64_t> fetch(std::uint64_t row) {
    if (const auto found = cached.find(row); found != cached.end()) return found->second;
    const std::uint64_t record = RETURN_IF_IO(tree.read(row));
    cached[row] = record;
    return record;
  }
  IOResult<Unit> bury(std::uint64_t row) {
    rows.erase(row);
    const std::uint64_t record = EXPECT_NO_IO(fetch(row));
    tombstones[row] = record;
    return Unit{};
  }
};

struct FetchesInTheMiddle : Table {
  IOResult<Unit> remove(std::uint64_t row) { return bury(row); }
};

struct FetchesBefore : Table {
  IOResult<Unit> remove(std::uint64_t row) {
    RETURN_IF_IO(fetch(row));
    return bury(row);
  }
};

template <class Machine>
void remove_two(Sim& sim) {
  File& file = sim.open("tree");
  NumberFile setup(file);
  Machine table{{NumberFile(file)}};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return setup.write(2, 20); }).ok(), "the row is in the tree");
    for (const std::uint64_t row : {1u, 2u}) {
      sim.expect(sim.await([&] { return table.remove(row); }).ok(), "the row is removed");
    }
    sim.expect(table.tombstones == Records{{1, 10}, {2, 20}}, "each row has its tombstone");
  });
  sim.run();
}

CANARY("corpus/invariant/late-fetch", "invariant", remove_two<FetchesInTheMiddle>,
       remove_two<FetchesBefore>);

}  // namespace
}  // namespace reprise::corpus::late_fetch
