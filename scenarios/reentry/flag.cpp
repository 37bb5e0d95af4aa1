// A flag before a yield. `dirty = !dirty` flips back on re-entry; `dirty = true` says the same
// thing twice, changes nothing the second time, and is no mistake.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::reentry::flag {
namespace {

struct Page {
  NumberFile file;
  Tracked<bool> dirty{"dirty"};
};

struct Toggles : Page {
  IOResult<bool> edit(std::uint64_t number) {
    dirty = !dirty;
    RETURN_IF_IO(file.write(0, number));
    return dirty;
  }
};

struct Sets : Page {
  IOResult<bool> edit(std::uint64_t number) {
    dirty = true;
    RETURN_IF_IO(file.write(0, number));
    return dirty;
  }
};

template <class Machine>
void edit_once(Sim& sim) {
  Machine page{{NumberFile(sim.open("page"))}};
  sim.task("editor", [&] { sim.expect_eq(sim.await([&] { return page.edit(7); }), true); });
  sim.run();
}

CANARY("reentry/flag", "double-mutation", edit_once<Toggles>, edit_once<Sets>);

}  // namespace
}  // namespace reprise::reentry::flag
