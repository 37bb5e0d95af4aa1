// Corpus 14: dropping a table takes "I need I/O" of the destruction of its tree for the end of the
// work, and goes on; the rest of the pages is never freed.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::unfinished_destroy {
namespace {

struct Tree {
  NumberFile file;
  std::vector<std::uint64_t> pages = {1, 2, 3};
  std::vector<std::uint64_t> free_pages = {};

  IOResult<Unit> destroy() {
    while (!pages.empty()) {
      RETURN_IF_IO(file.read(pages.back()));
      free_pages.push_back(pages.back());
      pages.pop_back();
    }
    return Unit{};
  }
};

enum class Step : std::uint8_t { destroy, forget };

struct DropTable {
  Tree tree;
  NumberFile schema;
  Step step = Step::destroy;

  IOResult<Unit> forget() {
    RETURN_IF_IO(schema.write(0, 0));
    step = Step::destroy;
    return Unit{};
  }
};

struct TakesAnyAnswer : DropTable {
  IOResult<Unit> drop() {
    if (step == Step::destroy) {
      static_cast<void>(tree.destroy());
      step = Step::forget;
    }
    return forget();
  }
};

struct WaitsForTheEnd : DropTable {
  IOResult<Unit> drop() {
    if (step == Step::destroy) {
      RETURN_IF_IO(tree.destroy());
      step = Step::forget;
    }
    return forget();
  }
};

template <class Machine>
void drop_table(Sim& sim) {
  File& file = sim.open("database");
  Machine table{{{NumberFile(file)}, NumberFile(file)}};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return table.drop(); }).ok(), "the table is dropped");
    sim.expect_eq(table.tree.free_pages.size(), 3u);
  });
  sim.run();
}

CANARY("corpus/lost-callee/unfinished-destroy", "lost-callee", drop_table<TakesAnyAnswer>,
       drop_table<WaitsForTheEnd>);

}  // namespace
}  // namespace reprise::corpus::unfinished_destroy
