// Corpus 13: the state moves on before the cursor is initialised; the initialisation yields, and
// the re-entry goes on without it.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::early_state {
namespace {

enum class State : std::uint8_t { start, seeking_to_last };

// Gives out row numbers.
struct NewRow {
  NumberFile header;
  NumberFile table;
  std::uint64_t last = 0;
  State state = State::start;

  IOResult<Unit> initialise() {
    const std::uint64_t rows = RETURN_IF_IO(header.read(0));
    if (last < rows) last = rows;
    return Unit{};
  }
  IOResult<std::uint64_t> seek_to_last() {
    RETURN_IF_IO(table.read(last));
    state = State::start;
    last += 1;
    return last;
  }
};

struct MovesOnFirst : NewRow {
  IOResult<std::uint64_t> next() {
    if (state == State::start) {
      state = State::seeking_to_last;
      RETURN_IF_IO(initialise());
    }
    return seek_to_last();
  }
};

struct MovesOnWhenDone : NewRow {
  IOResult<std::uint64_t> next() {
    if (state == State::start) {
      RETURN_IF_IO(initialise());
      state = State::seeking_to_last;
    }
    return seek_to_last();
  }
};

template <class Machine>
void give_two_rows(Sim& sim) {
  File& file = sim.open("table");
  NumberFile setup(file);
  Machine rows{{NumberFile(file), NumberFile(file)}};
  sim.survives({.yields_before_calls = true});
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return setup.write(0, 5); }).ok(), "the header is written");
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return rows.next(); }).ok(), "a row number is given");
    }
  });
  sim.observe("last", rows.last);
  sim.run();
}

CANARY("corpus/lost-callee/early-state", "lost-callee", give_two_rows<MovesOnFirst>,
       give_two_rows<MovesOnWhenDone>);

}  // namespace
}  // namespace reprise::corpus::early_state
