// A loop around a yield. A change after each Done is progress; the same change above the yield, in
// the same loop body, is made once more by every re-entry.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::reentry::loop {
namespace {

constexpr std::uint64_t no_page = 0;

// Gathers a chain of pages, each of which names the next one; the last names `no_page`.
struct Chain {
  NumberFile file;
  Tracked<std::vector<std::uint64_t>> pages{"pages"};
  Tracked<std::uint64_t> at{"at", 1};
};

struct GatherThenRead : Chain {
  IOResult<std::uint64_t> gather() {
    while (at != no_page) {
      pages.push_back(at);  // the re-entry begins with this page again
      at = RETURN_IF_IO(file.read(at));
    }
    return pages->size();
  }
};

struct ReadThenGather : Chain {
  IOResult<std::uint64_t> gather() {
    while (at != no_page) {
      const std::uint64_t next = RETURN_IF_IO(file.read(at));
      pages.push_back(at);
      at = next;
    }
    return pages->size();
  }
};

template <class Machine>
void gather_three(Sim& sim) {
  File& file = sim.open("pages");
  NumberFile numbers(file);
  Machine chain{{NumberFile(file)}};
  sim.task("reader", [&] {
    sim.expect(sim.await([&] { return numbers.write(1, 3); }).ok(), "page 1 is written");
    sim.expect(sim.await([&] { return numbers.write(2, no_page); }).ok(), "page 2 is written");
    sim.expect(sim.await([&] { return numbers.write(3, 2); }).ok(), "page 3 is written");
    sim.expect_eq(sim.await([&] { return chain.gather(); }), 3u);
  });
  sim.run();
}

CANARY("reentry/loop", "double-mutation", gather_three<GatherThenRead>,
       gather_three<ReadThenGather>);

}  // namespace
}  // namespace reprise::reentry::loop
