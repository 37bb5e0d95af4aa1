// Two calls that may yield, with no state between them. A yield of the second one runs the first
// one again, and all that stands between. Each way back goes through a call that has said Done, as
// in a legal loop, so only a comparison of whole runs finds it.
#include <reprise/reprise.h>

#include <cstdint>
#include <set>

#include "scenarios/number_file.h"
#include "scenarios/reentry/account.h"

namespace reprise::reentry::two_yields {
namespace {

// --- A count between two writes ---

struct Ledger {
  NumberFile journal;
  NumberFile table;
  Tracked<std::uint64_t> rows{"rows"};
  Tracked<bool> journalled{"journalled"};
};

struct CountsBetween : Ledger {
  IOResult<std::uint64_t> insert(std::uint64_t row) {
    RETURN_IF_IO(journal.write(0, row));
    rows += 1;
    RETURN_IF_IO(table.write(1, row));
    return rows;
  }
};

struct CountsOnce : Ledger {
  IOResult<std::uint64_t> insert(std::uint64_t row) {
    if (!journalled) {
      RETURN_IF_IO(journal.write(0, row));
      rows += 1;
      journalled = true;
    }
    RETURN_IF_IO(table.write(1, row));
    journalled = false;
    return rows;
  }
};

template <class Machine>
void insert_two(Sim& sim) {
  File& file = sim.open("ledger");
  Machine ledger{{NumberFile(file), NumberFile(file)}};
  sim.task("client", [&] {
    for (std::uint64_t row = 1; row <= 2; ++row) {
      sim.expect(sim.await([&] { return ledger.insert(row); }).ok(), "the row is inserted");
    }
  });
  sim.observe("rows", ledger.rows);
  sim.run();
}

CANARY("reentry/two-yields", "schedule-equivalence", insert_two<CountsBetween>,
       insert_two<CountsOnce>);

// --- A test that the second call makes untrue ---

struct Index {
  NumberFile reads;
  NumberFile writes;
  Tracked<std::set<std::uint64_t>> keys{"keys", {3, 5, 7}};
  Tracked<bool> verified{"verified"};

  IOResult<bool> contains(std::uint64_t key) {
    RETURN_IF_IO(reads.read(key));
    return keys->contains(key);
  }
  IOResult<Unit> erase(std::uint64_t key) {
    keys.erase(key);
    RETURN_IF_IO(writes.write(key, 0));
    return Unit{};
  }
};

struct VerifiesAgain : Index {
  IOResult<Unit> remove(std::uint64_t key) {
    const bool found = RETURN_IF_IO(contains(key));
    if (!found) return IOError::corrupt;
    RETURN_IF_IO(erase(key));
    return Unit{};
  }
};

struct VerifiesOnce : Index {
  IOResult<Unit> remove(std::uint64_t key) {
    if (!verified) {
      const bool found = RETURN_IF_IO(contains(key));
      if (!found) return IOError::corrupt;
      verified = true;
    }
    RETURN_IF_IO(erase(key));
    verified = false;
    return Unit{};
  }
};

template <class Machine>
void remove_one(Sim& sim) {
  File& file = sim.open("index");
  Machine index{{NumberFile(file), NumberFile(file)}};
  sim.task("client", [&] {
    [[maybe_unused]] const auto outcome = sim.await([&] { return index.remove(5); });
  });
  sim.observe("keys", index.keys);
  sim.run();
}

CANARY("reentry/verify-and-remove", "schedule-equivalence", remove_one<VerifiesAgain>,
       remove_one<VerifiesOnce>);

}  // namespace
}  // namespace reprise::reentry::two_yields
