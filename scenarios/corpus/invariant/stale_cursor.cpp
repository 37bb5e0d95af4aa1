// Corpus 89: a cursor waits for its page while another one merges the pages of the tree; the first
// goes on with the page number that it knew, and the rows that were moved are passed over.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::stale_cursor {
namespace {

constexpr std::uint64_t no_row = 0;

struct Position {
  std::size_t page = 0;
  std::size_t slot = 0;
  std::uint64_t last = no_row;  // the row that was read last
  bool moved = false;           // the pages have changed: to be sought again by `last`
};

struct Tree {
  std::vector<std::vector<std::uint64_t>> pages = {{10}, {20}, {30, 40}};
  std::vector<Position*> cursors = {};

  void merge_first_two() {
    pages[0].insert(pages[0].end(), pages[1].begin(), pages[1].end());
    pages.erase(pages.begin() + 1);
  }
  void seek_after(Position& position) const {
    position.page = 0;
    position.slot = 0;
    while (position.page < pages.size() && pages[position.page][position.slot] <= position.last) {
      position.slot += 1;
      if (position.slot == pages[position.page].size()) {
        position.page += 1;
        position.slot = 0;
      }
    }
    position.moved = false;
  }
};

enum class State : std::uint8_t { step, load };

struct Scan {
  Tree& tree;
  NumberFile file;
  Position position = {};
  State state = State::step;

  // The next row, or `no_row`.
  IOResult<std::uint64_t> next() {
    for (;;) {
      if (state == State::step) {
        if (position.moved) tree.seek_after(position);
        state = State::load;
      }
      RETURN_IF_IO(file.read(position.page));
      state = State::step;
      if (position.moved) continue;
      if (position.page >= tree.pages.size()) return no_row;
      return take();
    }
  }
  std::uint64_t take() {
    const std::vector<std::uint64_t>& rows = tree.pages[position.page];
    position.last = rows[position.slot];
    position.slot += 1;
    if (position.slot == rows.size()) {
      position.page += 1;
      position.slot = 0;
    }
    return position.last;
  }
};

struct Balance {
  Tree& tree;
  NumberFile file;
};

struct LeavesTheOthersAlone : Balance {
  IOResult<Unit> run() {
    RETURN_IF_IO(file.write(0, 2));
    tree.merge_first_two();
    return Unit{};
  }
};

struct TellsTheOthers : Balance {
  IOResult<Unit> run() {
    RETURN_IF_IO(file.write(0, 2));
    for (Position* const cursor : tree.cursors) cursor->moved = true;
    tree.merge_first_two();
    return Unit{};
  }
};

template <class Machine>
void scan_beside_balance(Sim& sim) {
  File& file = sim.open("tree");
  Tree tree;
  Scan scan{tree, NumberFile(file)};
  tree.cursors.push_back(&scan.position);
  Machine balance{{tree, NumberFile(file)}};
  sim.reads_may_race_writes();  // a scan sees when the tree was changed under it
  sim.task("reader", [&] {
    for (const std::uint64_t row : {10u, 20u, 30u, 40u}) {
      sim.expect_eq(sim.await([&] { return scan.next(); }), row);
    }
  });
  sim.task("writer", [&] {
    sim.expect(sim.await([&] { return balance.run(); }).ok(), "the balance ends well");
  });
  sim.run();
}

CANARY("corpus/invariant/stale-cursor", "invariant", scan_beside_balance<LeavesTheOthersAlone>,
       scan_beside_balance<TellsTheOthers>);

}  // namespace
}  // namespace reprise::corpus::stale_cursor
