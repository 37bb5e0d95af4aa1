// Pages on checks that hold a scenario to what it has said of its machines.
#include <reprise/replay/explain_pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array pages = {
    ExplainPage{"bookkeeping", "two accounts of one thing disagree when an entry is over",
                R"(What it finds
  Two accounts of one thing, registered with sim.agree(), disagree when an
  entry is over, whether it yielded, said Done or said Err; or when what
  cleans up behind an aborted or abandoned operation is over.

Why it is a bug
  A flag says that the lock is held, and it is not: whoever looks at the flag
  next does the wrong thing. Mostly an error leaves between the two changes,
  or a yield stands there, at which others run and the operation may be
  dropped.

Broken
    if (!syncing) {
      syncing = true;                      // the one account ...
      const Completion c = file.sync();
      if (c.finished() && !c.succeeded()) return c.get_error();
      pending = c;                         // ... and the other, too late
    }

    sim.agree("a sync is under way", [&] { return log.syncing; },
              "one was submitted", [&] { return bool(log.pending); });

Mended: change both, then look at what came of it
    if (!syncing) {
      syncing = true;
      pending = file.sync();
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    syncing = false;
    if (!done.succeeded()) return done.get_error();

Not found
  Accounts that nobody registered. Within an entry they may differ. What a
  callback changes between entries is looked at after the next entry of the
  operation that waited for it.

Exceptions
  --no-check bookkeeping turns it off.

Try
  reprise sweep SCENARIO --check bookkeeping
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_claims() { return pages; }

}  // namespace reprise
