// Golden scenarios of machines that wait with core's own locks.
#pragma once

#include <reprise/reprise.h>

#include <utility>

namespace reprise::golden {

struct LockedTransfer {
  LockedTransfer(FairLock& its_from, FairLock& its_to) : from(its_from), to(its_to) {}

  IOResult<Unit> run() {
    RETURN_IF_IO(from.acquire());
    if (!std::exchange(has_begun, true)) IO_YIELD_ONE(Completion::yield());
    RETURN_IF_IO(to.acquire());
    to.release();
    from.release();
    return Unit{};
  }

  FairLock::Hold from;
  FairLock::Hold to;
  bool has_begun = false;
};

inline void fair_lock(Sim& sim) {
  FairLock a("account a");
  FairLock b("account b");
  LockedTransfer there(a, b);
  LockedTransfer back(b, a);
  sim.drive("there", [&] { return there.run(); });
  sim.drive("back", [&] { return back.run(); });
  sim.run();
}

}  // namespace reprise::golden
