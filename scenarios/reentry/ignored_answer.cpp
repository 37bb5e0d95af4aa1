// IO taken for the end of the work: the caller does not look at the answer, and what is behind the
// yield is never done. Where the I/O is there at once, it is.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::reentry::ignored_answer {
namespace {

// Drops a list whose numbers lie in a file, and goes on to the next one.
struct Lists {
  NumberFile file;
  std::uint64_t next = 0;

  IOResult<Unit> clear() {
    RETURN_IF_IO(file.write(next, 0));
    return Unit{};
  }
};

struct GoesOn : Lists {
  IOResult<Unit> drop() {
    static_cast<void>(clear());
    next += 1;
    return Unit{};
  }
};

struct ComesBack : Lists {
  IOResult<Unit> drop() {
    RETURN_IF_IO(clear());
    next += 1;
    return Unit{};
  }
};

template <class Machine>
void drop_once(Sim& sim) {
  Machine lists{{NumberFile(sim.open("lists"))}};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return lists.drop(); })); });
  sim.run();
}

CANARY("reentry/ignored-answer", "lost-callee", drop_once<GoesOn>, drop_once<ComesBack>);

}  // namespace
}  // namespace reprise::reentry::ignored_answer
