// Corpus 82: two commits finish in the other order; the watermark takes the larger of the two, but
// the header beside it simply takes that of the last to finish, which is the older one.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::late_header {
namespace {

struct Database {
  std::uint64_t clock = 0;
  std::uint64_t watermark = 0;
  std::uint64_t header = 0;  // the time of the commit that it stems from
};

struct Commit {
  Database& database;
  NumberFile log;
  std::optional<std::uint64_t> time = {};

  IOResult<std::uint64_t> write_log() {
    if (!time) time = ++database.clock;
    RETURN_IF_IO(log.write(*time, *time));
    database.watermark = std::max(database.watermark, *time);
    return *std::exchange(time, std::nullopt);
  }
};

struct LastWins : Commit {
  IOResult<Unit> commit() {
    const std::uint64_t committed = RETURN_IF_IO(write_log());
    database.header = committed;
    return Unit{};
  }
};

struct NewestWins : Commit {
  IOResult<Unit> commit() {
    const std::uint64_t committed = RETURN_IF_IO(write_log());
    if (committed > database.header) database.header = committed;
    return Unit{};
  }
};

template <class Machine>
void two_commits(Sim& sim) {
  File& file = sim.open("log");
  Database database;
  Machine machines[] = {{{database, NumberFile(file)}}, {{database, NumberFile(file)}}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&sim, &machine = machines[i]] {
      sim.expect(sim.await([&] { return machine.commit(); }).ok(), "the commit ends well");
    });
  }
  sim.finally("the header is the newest commit's",
              [&] { return database.header == database.watermark; });
  sim.run();
}

CANARY("corpus/invariant/late-header", "invariant", two_commits<LastWins>, two_commits<NewestWins>);

}  // namespace
}  // namespace reprise::corpus::late_header
