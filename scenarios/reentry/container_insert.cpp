// `rows.push_back(row)` or `log.insert(...)` before a call that may yield: the element stands in
// the container once for every entry.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::reentry::container_insert {
namespace {

constexpr std::uint64_t batch_size = 2;

// Collects rows, and writes them out when a batch is full.
struct Batch {
  NumberFile file;
  Tracked<std::vector<std::uint64_t>> rows{"rows"};
  Tracked<std::uint64_t> flushed{"flushed"};

  IOResult<Unit> flush() {
    RETURN_IF_IO(file.write(flushed, rows->size()));
    flushed += 1;
    rows.clear();
    return Unit{};
  }
};

struct PushThenFlush : Batch {
  IOResult<Unit> add(std::uint64_t row) {
    rows.push_back(row);
    if (rows->size() > batch_size) RETURN_IF_IO(flush());
    return Unit{};
  }
};

struct FlushThenPush : Batch {
  IOResult<Unit> add(std::uint64_t row) {
    if (rows->size() >= batch_size) RETURN_IF_IO(flush());
    rows.push_back(row);
    return Unit{};
  }
};

template <class Machine>
void add_five_rows(Sim& sim) {
  Machine batch{{NumberFile(sim.open("rows"))}};
  sim.task("writer", [&] {
    for (std::uint64_t row = 1; row <= 5; ++row) {
      sim.expect(sim.await([&] { return batch.add(row); }).ok(), "the row is added");
    }
  });
  sim.run();
}

CANARY("reentry/vector-push", "double-mutation", add_five_rows<PushThenFlush>,
       add_five_rows<FlushThenPush>);

// Names its entries by their number, and writes each one to the journal.
struct Journal {
  NumberFile file;
  Tracked<std::map<std::uint64_t, std::string>> entries{"entries"};
};

struct InsertThenWrite : Journal {
  IOResult<std::uint64_t> append(const std::string& text) {
    const std::uint64_t number = entries->size();
    entries.insert({number, text});
    RETURN_IF_IO(file.write(number, text.size()));
    return number;
  }
};

struct WriteThenInsert : Journal {
  IOResult<std::uint64_t> append(const std::string& text) {
    const std::uint64_t number = entries->size();
    RETURN_IF_IO(file.write(number, text.size()));
    entries.insert({number, text});
    return number;
  }
};

template <class Machine>
void append_two(Sim& sim) {
  Machine journal{{NumberFile(sim.open("journal"))}};
  sim.task("writer", [&] {
    sim.expect_eq(sim.await([&] { return journal.append("begin"); }), 0u);
    sim.expect_eq(sim.await([&] { return journal.append("end"); }), 1u);
  });
  sim.run();
}

CANARY("reentry/map-insert", "double-mutation", append_two<InsertThenWrite>,
       append_two<WriteThenInsert>);

}  // namespace
}  // namespace reprise::reentry::container_insert
