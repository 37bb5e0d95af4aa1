// Corpus 16: seeking the last row again and advancing to the one after it are two calls that may
// yield, behind one state; a yield of the second repeats the first, and a row is skipped.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::seek_and_advance {
namespace {

constexpr std::uint64_t no_row = 0;

enum class Step : std::uint8_t { move, load };

// A cursor over the rows of a tree.
struct TreeCursor {
  NumberFile interior;
  NumberFile leaf;
  std::vector<std::uint64_t> rows = {10, 20, 30, 40};
  std::size_t at = 0;
  std::uint64_t current = no_row;
  Step step = Step::move;

  std::uint64_t row() const { return at < rows.size() ? rows[at] : no_row; }

  // To the first row after `seen`.
  IOResult<Unit> seek_after(std::uint64_t seen) {
    RETURN_IF_IO(interior.read(0));
    at = static_cast<std::size_t>(std::upper_bound(rows.begin(), rows.end(), seen) - rows.begin());
    return Unit{};
  }
  // Takes the row that the cursor is at.
  IOResult<Unit> advance() {
    if (step == Step::move) {
      current = row();  // as the interior page has it
      step = Step::load;
    }
    RETURN_IF_IO(leaf.read(at));
    current = row();  // as the leaf has it
    step = Step::move;
    return Unit{};
  }
};

enum class State : std::uint8_t { seek, advance };

struct View {
  TreeCursor tree;
  State state = State::seek;
};

struct SeeksAgain : View {
  IOResult<std::uint64_t> next() {
    RETURN_IF_IO(tree.seek_after(tree.current));
    RETURN_IF_IO(tree.advance());
    return tree.current;
  }
};

struct GoesOnAdvancing : View {
  IOResult<std::uint64_t> next() {
    if (state == State::seek) {
      RETURN_IF_IO(tree.seek_after(tree.current));
      state = State::advance;
    }
    RETURN_IF_IO(tree.advance());
    state = State::seek;
    return tree.current;
  }
};

template <class Machine>
void read_two_rows(Sim& sim) {
  File& file = sim.open("tree");
  Machine view{{{NumberFile(file), NumberFile(file)}}};
  std::vector<std::uint64_t> seen;
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      const auto row = sim.await([&] { return view.next(); });
      if (row.ok()) seen.push_back(row.value());
    }
  });
  sim.observe("rows", seen);
  sim.run();
}

CANARY("corpus/schedule-equivalence/seek-and-advance", "schedule-equivalence",
       read_two_rows<SeeksAgain>, read_two_rows<GoesOnAdvancing>);

}  // namespace
}  // namespace reprise::corpus::seek_and_advance
