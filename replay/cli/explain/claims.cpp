// Pages on checks that hold a scenario to what it has said of its machines.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_claims = {
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
    ExplainPage{"clean-up", "an operation that ended badly changed what another one uses",
                R"(What it finds
  Two operations are under way. One ends badly: in Err, or it is aborted or
  abandoned. On its way out it changes state that belongs to the other, which
  is suspended: state that was registered with sim.owned().

Why it is a bug
  The other comes back after its yield and finds the state of a beginning: it
  starts again, gives back twice, or forgets what it has done.

Broken
    void tear_down() { phase = Phase::none; }   // the phase is everybody's

    sim.owned("phase", "committer", pager.phase);

Mended: only the owner resets
    void tear_down() {
      if (phase_owner == this) phase = Phase::none;
    }
  or keep the state in the operation that it is about.

Not found
  What nobody registered. What an operation changes that ends in Done, or in
  an entry that yields: that may be work for both. What the owner itself
  changes while the clean-up behind another waits.

Exceptions
  --no-check clean-up turns it off. What may be changed by others is left out
  of describe(), or is not registered.

Try
  reprise fuzz SCENARIO --check clean-up
)"},
    ExplainPage{"leak", "something was taken and not given back, or given back twice",
                R"(What it finds
  At the end, when nothing can happen any more, a count registered with
  sim.held() is not 0: a lock is held, a page is pinned, a slot is taken, and
  nobody is left who would give it back. Each change of the count is booked to
  the operation in whose entry, or in whose clean-up, it happened; the one that
  has something left at its end is named.
  Or an operation gave back twice what it took once, and the second time it was
  another's: the holder is in the middle of its own I/O, and nobody can have
  handed anything over. Where more than one may be held at a time, a note. Or
  a count went below zero.
  Or the scenario is over, and some completion of the simulated device is still
  held by somebody.

Why it is a bug
  The next who wants it waits for ever, or is told "busy". It is mostly taken
  in one entry and given back in a later one, which never comes after an error
  or an abandonment.

Broken
    IOResult<int> next() {
      if (state == State::lock) { table.lock(); state = State::seek; }
      const int last = RETURN_IF_IO(seek_last());  // an Err leaves here
      table.unlock();
      state = State::lock;
      return last + 1;
    }

    sim.held("table lock", [&] { return table.locks(); });

Mended: one way out
    IOResult<int> next() {
      if (state == State::lock) { table.lock(); state = State::seek; }
      const IOResult<int> answer = seek_last();
      if (answer.is_io()) return answer;
      table.unlock();
      state = State::lock;
      return answer;
    }
  and the same in what is called when an operation is dropped.

Not found
  What nobody registered, but completions. What one operation takes and another
  releases is sound, and so is a lock that is handed on. Where a task still
  waits at the end, `progress` says so, and who holds what.

Exceptions
  --no-check leak turns it off.

Try
  reprise sweep SCENARIO --check leak
)"},
    ExplainPage{"next-operation", "after a fault, an operation failed that no fault has touched",
                R"(What it finds
  An operation was hit by a fault: an I/O failed, was refused, cut short or
  cancelled, or the operation was aborted or abandoned. It is over. A later
  operation, during which no I/O failed and nothing was injected, ends in Err
  or is aborted all the same. For scenarios that say
  sim.next_operation_works().

Why it is a bug
  What the first has left behind is served to the second: an old error, a lock
  that nobody holds any more, a state in the middle of something.

Broken
    if (!pending) pending = file.pread(0, buffer);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();  // and stays
    pending = {};

Mended: take it out first
    if (!pending) pending = file.pread(0, buffer);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();

Not found
  Operations that began while one that was hit was still under way, and those
  during which any I/O of the device failed, of whichever task. An error with
  no fault before it is no matter of this check: say what must hold with
  sim.expect().

Exceptions
  Leave out sim.next_operation_works(), or --no-check next-operation.

Try
  reprise sweep SCENARIO --check next-operation
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_claims() { return about_claims; }

}  // namespace reprise
