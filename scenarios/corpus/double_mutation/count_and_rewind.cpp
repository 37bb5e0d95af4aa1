// Corpus 2: the last step of a count adds the page's cells and then rewinds the cursor, which may
// yield; the state is still that of the loop, so the re-entry counts the page again.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::count_and_rewind {
namespace {

enum class State : std::uint8_t { visit, finish };

// Visits the pages of a tree, the root last.
struct Cursor {
  NumberFile root;
  std::vector<std::uint64_t> cells = {4, 3, 1};
  std::size_t at = 0;
  std::uint64_t counted = 0;
  State state = State::visit;

  IOResult<Unit> rewind() {
    RETURN_IF_IO(root.read(0));
    at = 0;
    return Unit{};
  }
};

struct RewindsWithinTheLoop : Cursor {
  IOResult<std::uint64_t> count() {
    for (;;) {
      counted += cells[at];
      if (at + 1 == cells.size()) {
        RETURN_IF_IO(rewind());
        return std::exchange(counted, 0);
      }
      at += 1;
    }
  }
};

struct RewindsInStateOfItsOwn : Cursor {
  IOResult<std::uint64_t> count() {
    switch (state) {
      case State::visit:
        for (; at < cells.size(); ++at) counted += cells[at];
        state = State::finish;
        [[fallthrough]];
      case State::finish: RETURN_IF_IO(rewind());
    }
    state = State::visit;
    return std::exchange(counted, 0);
  }
};

template <class Machine>
void count_twice(Sim& sim) {
  Machine cursor{{NumberFile(sim.open("tree"))}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) sim.expect_eq(sim.await([&] { return cursor.count(); }), 8u);
  });
  sim.run();
}

CANARY("corpus/double-mutation/count-and-rewind", "double-mutation",
       count_twice<RewindsWithinTheLoop>, count_twice<RewindsInStateOfItsOwn>);

}  // namespace
}  // namespace reprise::corpus::count_and_rewind
