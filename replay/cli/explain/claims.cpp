// Pages on checks that hold a scenario to what it has said of its machines.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_claims = {
    ExplainPage{"bookkeeping", "two accounts of one fact disagree after an entry",
                R"(What it finds
  Two accounts of one fact, registered with sim.agree(), disagree after an
  entry, whether it yielded, said Done or said Err; or after the clean-up of an
  aborted or abandoned operation.

Why it is a bug
  A flag says that the lock is held, and it is not: the code that looks at the
  flag next does the wrong thing. Mostly an error path leaves between the two
  changes, or there is a yield between them, at which others run and the
  operation may be dropped.

Broken
    if (!syncing) {
      syncing = true;                      // the one account ...
      const Completion c = file.sync();
      if (c.finished() && !c.succeeded()) return c.get_error();
      pending = c;                         // ... and the other, too late
    }

    sim.agree("a sync is under way", [&] { return log.syncing; },
              "one was submitted", [&] { return bool(log.pending); });

Mended: change both, then look at the outcome
    if (!syncing) {
      syncing = true;
      pending = file.sync();
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    syncing = false;
    if (!done.succeeded()) return done.get_error();

Not found
  Accounts that are not registered, and differences within an entry. Changes
  that a callback makes between entries are checked after the next entry of the
  operation that waited for it.

Exceptions
  --no-check bookkeeping turns it off.

Try
  reprise sweep SCENARIO --check bookkeeping
)"},
    ExplainPage{"clean-up", "an operation that ended badly changed what another one uses",
                R"(What it finds
  Two operations are under way. One ends badly: in Err, or it is aborted or
  abandoned. On its way out it changes state that belongs to the other,
  suspended operation, as registered with sim.owned().

Why it is a bug
  The other operation comes back after its yield and finds its state reset: it
  starts over, gives something back twice, or forgets what it has done.

Broken
    void tear_down() { phase = Phase::none; }   // whoever set the phase

    sim.owned("phase", "committer", pager.phase);

Mended: only the owner resets
    void tear_down() {
      if (phase_owner == this) phase = Phase::none;
    }
  or keep the state in the operation that it is about.

Not found
  State that is not registered. Changes by an operation that ends in Done, or
  in an entry that yields, which may be work for both. Changes by the owner
  itself while the clean-up of another operation waits.

Exceptions
  --no-check clean-up turns it off. Leave state that others may change out of
  describe(), or do not register it.

Try
  reprise fuzz SCENARIO --check clean-up
)"},
    ExplainPage{"leak", "something was taken and not given back, or given back twice",
                R"(What it finds
  At the end, when nothing can happen any more, a count registered with
  sim.held() is not 0: a lock is held, a page is pinned, a slot is taken, and
  no task is left to give it back. Each change of the count is booked to the
  operation in whose entry or clean-up it happened; the report names the
  operation that still holds something at its end.
  Or an operation gave back twice what it took once, and the second time it was
  another's: that holder is in the middle of its own I/O, and cannot have
  handed anything over. If more than one may be held at a time, this is a note.
  Or a count went below zero.
  Or the scenario is over, and a handle to a completion of the simulated device
  still exists.

Why it is a bug
  The next operation that wants it waits for ever, or is told "busy". Mostly it
  is taken in one entry and given back in a later one, which never comes after
  an error or an abandonment.

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
  and do the same in the function that drops an operation.

Not found
  Resources that are not registered, except completions. One operation may take
  and another release, and a lock may be handed on. If a task still waits at
  the end, `progress` reports that, with the holders.

Exceptions
  --no-check leak turns it off.

Try
  reprise sweep SCENARIO --check leak
)"},
    ExplainPage{"next-operation", "an operation without a fault of its own failed after a fault",
                R"(What it finds
  An operation was hit by a fault: an I/O failed, was refused, cut short or
  cancelled, or the operation was aborted or abandoned. After it has ended, a
  later operation ends in Err or is aborted, although no I/O failed and nothing
  was injected during it. Only if the scenario says sim.next_operation_works().

Why it is a bug
  The later operation meets what the first has left behind: an old error, a
  lock without a holder, a half-finished state.

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
  Operations that began before the one that was hit had ended, and those during
  which any I/O of the device failed, for any task. An error without a fault
  before it is not for this check: say what must hold with sim.expect().

Exceptions
  Leave out sim.next_operation_works(), or --no-check next-operation.

Try
  reprise sweep SCENARIO --check next-operation
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_claims() { return about_claims; }

}  // namespace reprise
