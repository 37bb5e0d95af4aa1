// Corpus 19: a count stays in its last state with the result, for the next caller; clearing the
// tree does not put the count back to its beginning.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::stale_count {
namespace {

enum class State : std::uint8_t { start, loop, finish };

struct Tree {
  NumberFile file;
  std::vector<std::uint64_t> cells = {2, 3};  // of each page
  std::size_t at = 0;
  std::uint64_t counted = 0;
  State state = State::start;

  IOResult<std::uint64_t> count() {
    switch (state) {
      case State::start:
        at = 0;
        counted = 0;
        state = State::loop;
        [[fallthrough]];
      case State::loop:
        for (; at < cells.size(); ++at) {
          RETURN_IF_IO(file.read(at));
          counted += cells[at];
        }
        state = State::finish;
        [[fallthrough]];
      case State::finish: break;
    }
    return counted;
  }
};

struct KeepsTheCount : Tree {
  IOResult<Unit> clear() {
    RETURN_IF_IO(file.write(0, 0));
    cells.clear();
    return Unit{};
  }
};

struct ForgetsTheCount : Tree {
  IOResult<Unit> clear() {
    RETURN_IF_IO(file.write(0, 0));
    cells.clear();
    state = State::start;
    return Unit{};
  }
};

template <class Machine>
void clear_and_count(Sim& sim) {
  Machine tree{{NumberFile(sim.open("tree"))}};
  sim.task("client", [&] {
    if (sim.flip("counts first")) sim.expect_eq(sim.await([&] { return tree.count(); }), 5u);
    sim.expect(sim.await([&] { return tree.clear(); }).ok(), "the tree is cleared");
    sim.expect_eq(sim.await([&] { return tree.count(); }), 0u);
  });
  sim.run();
}

CANARY("corpus/invariant/stale-count", "invariant", clear_and_count<KeepsTheCount>,
       clear_and_count<ForgetsTheCount>);

}  // namespace
}  // namespace reprise::corpus::stale_count
