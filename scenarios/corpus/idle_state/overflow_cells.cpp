// Corpus 61: an insert puts its cell aside on the cached page while the page is balanced. Dropped
// there, the cell stays on the page, and the next insert takes it for one of its own.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::overflow_cells {
namespace {

// Lives in the cache, longer than any cursor.
struct Page {
  std::vector<std::uint64_t> cells = {};
  std::vector<std::uint64_t> overflow = {};  // of the insert that balances

  void describe(Archive& archive) const { archive("overflow", overflow); }
};

enum class State : std::uint8_t { start, balance };

struct Cursor {
  Page& page;
  NumberFile sibling;
  State state = State::start;

  IOResult<Unit> insert_steps(std::uint64_t cell) {
    switch (state) {
      case State::start:
        page.overflow.push_back(cell);
        state = State::balance;
        [[fallthrough]];
      case State::balance: RETURN_IF_IO(sibling.read(cell));
    }
    page.cells.insert(page.cells.end(), page.overflow.begin(), page.overflow.end());
    page.overflow.clear();
    state = State::start;
    return Unit{};
  }
};

struct ForgetsThePage : Cursor {
  void give_up() {
    sibling.reset();
    state = State::start;
  }
};

struct ClearsThePage : Cursor {
  void give_up() {
    sibling.reset();
    page.overflow.clear();
    state = State::start;
  }
};

template <class AnyCursor>
IOResult<Unit> insert(AnyCursor& cursor, std::uint64_t cell) {
  IOResult<Unit> answer = cursor.insert_steps(cell);
  if (answer.is_err()) cursor.give_up();
  return answer;
}

template <class AnyCursor>
void insert_two(Sim& sim) {
  Page page;
  AnyCursor cursor{{page, NumberFile(sim.open("sibling"))}};
  std::vector<std::uint64_t> inserted;
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { cursor.give_up(); },
                               .abort = [&](IOError) { cursor.give_up(); }};
    for (std::uint64_t cell = 1; cell <= 2; ++cell) {
      const auto done = sim.await([&] { return insert(cursor, cell); }, options);
      if (done.ok()) inserted.push_back(cell);
    }
  });
  sim.idle("page", page);
  sim.finally("the page has what was inserted", [&] { return page.cells == inserted; });
  sim.run();
}

CANARY("corpus/idle-state/overflow-cells", "idle-state", insert_two<ForgetsThePage>,
       insert_two<ClearsThePage>);

}  // namespace
}  // namespace reprise::corpus::overflow_cells
