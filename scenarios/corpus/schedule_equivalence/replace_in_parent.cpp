// Corpus 7: to replace a cell of an interior page, the page is looked up on top of the stack, and
// then the cursor goes to the previous cell, which moves the stack and may yield; the re-entry
// looks up again, and edits another page.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::replace_in_parent {
namespace {

enum class Move : std::uint8_t { descend, load };

struct Cursor {
  NumberFile file;
  std::vector<std::uint64_t> stack = {1, 2};  // page numbers, the root first
  Move move = Move::descend;

  std::uint64_t top() const { return stack.back(); }

  // Goes down to the leaf that holds the previous cell.
  IOResult<std::uint64_t> previous() {
    if (move == Move::descend) {
      stack.push_back(top() + 1);
      move = Move::load;
    }
    const std::uint64_t cell = RETURN_IF_IO(file.read(top()));
    move = Move::descend;
    return cell;
  }
};

struct Delete {
  Cursor cursor;
  std::optional<std::uint64_t> parent = {};
  std::vector<std::uint64_t> edited = {};
};

struct LooksUpAgain : Delete {
  IOResult<std::uint64_t> replace_cell() {
    const std::uint64_t page = cursor.top();
    const std::uint64_t cell = RETURN_IF_IO(cursor.previous());
    edited.push_back(page);
    return cell;
  }
};

struct KeepsThePage : Delete {
  IOResult<std::uint64_t> replace_cell() {
    if (!parent) parent = cursor.top();
    const std::uint64_t cell = RETURN_IF_IO(cursor.previous());
    edited.push_back(*std::exchange(parent, std::nullopt));
    return cell;
  }
};

template <class Machine>
void replace_one(Sim& sim) {
  Machine machine{{{NumberFile(sim.open("tree"))}}};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return machine.replace_cell(); }).ok(), "the cell is replaced");
  });
  sim.observe("edited", machine.edited);
  sim.run();
}

CANARY("corpus/schedule-equivalence/replace-in-parent", "schedule-equivalence",
       replace_one<LooksUpAgain>, replace_one<KeepsThePage>);

}  // namespace
}  // namespace reprise::corpus::replace_in_parent
