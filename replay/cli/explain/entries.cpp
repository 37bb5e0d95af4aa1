// Pages on checks that watch entries: what is done again, and what is left behind.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_entries = {
    ExplainPage{"double-mutation", "state changed before a yield, and again on re-entry",
                R"(What it finds
  A function changes state that outlives it and then yields, that is, answers
  "I need I/O, call me again". It is called again, comes back to the same
  await, and on its way makes the same change a second time: a counter raised
  twice, an element added twice.

Why it is a bug
  How often a function is called again depends on the timing of I/O. Where the
  I/O is there at once the result is right, so tests on a fast disk pass.

Broken
    IOResult<int> bump() {
      value += 1;              // once for each entry
      RETURN_IF_IO(load());
      return value;
    }

Mended: change it when the awaited call has said Done
    IOResult<int> bump() {
      RETURN_IF_IO(load());
      value += 1;              // once
      return value;
    }
  or move a state of the machine on together with the change, so that the
  next entry takes another way.

Not found
  Locals; what is undone before the yield (a lock taken and given back); a
  store that changes nothing; the same line in a loop, once for each Done;
  two awaits of which only the first runs again (schedule-equivalence finds
  that). Nor what answers something new, since that is another piece of work:
  before the store the function has looked at an I/O that has finished since,
  or at memory that another task has changed since; or somebody has put back
  what the store changes; or the time is stored.
  Stores are seen in Tracked<T>, and everywhere in code that is compiled with
  the store watch: `reprise explain store-watch`.

Exceptions
  --no-check double-mutation turns it off. A counter or cache that may be
  changed more than once is marked REPRISE_BENIGN(hits += 1).

Try
  reprise sweep SCENARIO --check double-mutation
)"},
    ExplainPage{"double-submit", "an operation submits the same I/O again, and forgets the first",
                R"(What it finds
  One operation submits an I/O, yields, is entered again, and submits the same
  I/O again: the same kind, file, offset and size. Of the first one nobody asks
  finished(), succeeded(), get_error() or result() after that yield, until the
  operation says Done, or submits it once more.

Why it is a bug
  The entry comes by the submit again and does not find what it has done there
  already. The I/O is made twice or for ever, an error of the first is lost,
  and its buffer is still the device's.

Broken
    IOResult<Unit> flush() {
      Completion sync = file.sync();           // once for each entry
      if (!sync.finished()) IO_YIELD_ONE(sync);
      if (!sync.succeeded()) return sync.get_error();
      return Unit{};
    }

Mended: keep the completion in the machine
    IOResult<Unit> flush() {
      if (!pending) pending = file.sync();
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion sync = std::exchange(pending, {});
      if (!sync.succeeded()) return sync.get_error();
      return Unit{};
    }

Not found
  Two operations that submit the same; timers; a group built anew of the same
  completions, which is harmless. What was cancelled, or has a callback, counts
  as looked at, and so does what stands in a group that was asked.

Exceptions
  completion.ignore() says that nobody wants to know: a prefetch, a hint.
  --no-check double-submit turns it off.

Try
  reprise run SCENARIO --check double-submit
)"},
    ExplainPage{"held-mutex", "a mutex is held while the operation yields",
                R"(What it finds
  A std::mutex or pthread mutex that an entry has taken and not given back
  when it yields: a note. Another task that asks for it meanwhile, or the same
  task once more: an error, with the line where it was taken and the line that
  asks. Only in code with the store watch.

Why it is a bug
  All operations of an event loop run in one thread. Whoever asks for the mutex
  stops that thread, and with it the operation that would give it back. Where
  several threads run the loop, a mutex may not even be given back by another
  one than has taken it.

Broken
    IOResult<Unit> append() {
      if (!pending) mutex.lock();
      RETURN_IF_IO(write());           // yields, and holds it
      mutex.unlock();
      return Unit{};
    }

Mended: only around what needs no I/O; or a lock that waits by yielding
    IOResult<Unit> append() {
      RETURN_IF_IO(write());
      const std::lock_guard guard(mutex);
      used += 512;
      return Unit{};
    }

Not found
  Locks of one's own making, which sim.held() is for (`reprise explain leak`).
  try_lock() is no request that could wait for ever.

Exceptions
  --no-check held-mutex turns it off. --error held-mutex makes an error of the
  note.

Try
  reprise fuzz FILE.cpp --check held-mutex
)"},
    ExplainPage{"idle-state", "a machine for reuse is not as new when its operation is over",
                R"(What it finds
  A machine that was registered with sim.idle("name", machine) is not as it
  was before its operation began, although the operation is over: it said
  Done or Err, or it was abandoned at a yield. A machine with a describe() is
  compared by it whenever no operation is under way, member by member; what
  any other holds is known from the store watch, or else from its bytes.

Why it is a bug
  The next operation starts from what the last one left: a completion that
  belongs to nobody, an index in the middle, a flag that says "locked". It
  shows far from its cause, and mostly after an error.

Broken
    IOResult<Unit> flush() {
      if (!pending) pending = file.pwrite(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      if (!pending.succeeded()) return pending.get_error();  // keeps pending
      pending = {};
      return Unit{};
    }

Mended: leave by one door, and tidy up there
    IOResult<Unit> flush() {
      if (!pending) pending = file.pwrite(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion written = std::exchange(pending, {});
      if (!written.succeeded()) return written.get_error();
      return Unit{};
    }

Not found
  Machines that nobody registered, and state that lives elsewhere. Errors and
  abandonment are injected only as far as the scenario says that its code
  survives them: sim.survives({.errors = true, .abandons = true}).

Exceptions
  --no-check idle-state turns it off. What may stay (a cache, a statistic) is
  left out of describe(), marked REPRISE_BENIGN, or no member of what is
  registered.

Try
  reprise fuzz SCENARIO --check idle-state
)"},
    ExplainPage{"lost-callee", "a call that answered IO was taken for done, or never made again",
                R"(What it finds
  An IO answer that is gone before anybody asked is_done() or is_io() of it: an
  error. And a call at an await that answered IO in one entry and was not made
  again by the time the operation said Done: a note, or an error where the
  scenario says that callees are driven to Done, with
  sim.survives({.yields_before_calls = true}).

Why it is a bug
  IO means "not yet". What the call had still to do behind its yield is not
  done, and whoever looks at its state finds it half way.

Broken
    IOResult<Unit> drop() {
      static_cast<void>(clear());     // Done, IO, Err: who knows
      next += 1;
      return Unit{};
    }

Mended
    IOResult<Unit> drop() {
      RETURN_IF_IO(clear());
      next += 1;
      return Unit{};
    }

Not found
  Calls that are not made through an await macro, once their answer was asked.
  Calls that waited for a turn, a timer, or for what another task finishes.
  An operation that ends in Err, or is dropped, may leave its calls where they
  are. A note is no bug where the call has nothing to do behind its yield:
  `state = next; RETURN_IF_IO(submit());`.

Exceptions
  --no-check lost-callee turns it off; --error lost-callee makes the note an
  error.

Try
  reprise sweep SCENARIO --error lost-callee
)"},
    ExplainPage{"prefix-read", "a value was read again after a yield, and was another (a note)",
                R"(What it finds
  On its way to an await a function reads a value; it yields, is called again,
  and the same line reads the value again; now it is another, and it decides
  what is stored. A note: it fails nothing unless --error prefix-read is given.

Why it may be a bug
  The code before the yield and the code after it were meant to speak of the
  same thing, and do not: the cursor has moved on, another page is on top.

Broken
    IOResult<Unit> pop() {
      const int page = stack.back();   // read again by each entry
      RETURN_IF_IO(load(page));        // meanwhile somebody pushes another
      freed.push_back(page);           // so this is not the page it began with
      stack.pop_back();
      return Unit{};
    }

Mended: keep what the operation is about in the machine
    IOResult<Unit> pop() {
      if (!page) { page = stack.back(); stack.pop_back(); }
      RETURN_IF_IO(load(*page));
      freed.push_back(*std::exchange(page, std::nullopt));
      return Unit{};
    }

Not found
  Values that decide nothing, and reads that are meant to see the newest: that
  is why it is only a note. It needs the store watch, which sees reads too:
  `reprise explain store-watch`.

Exceptions
  --no-check prefix-read turns it off; REPRISE_BENIGN(expr) marks one read.

Try
  reprise fuzz SCENARIO --error prefix-read
)"},
    ExplainPage{"schedule-equivalence",
                "an operation that runs alone depends on when its I/O finishes",
                R"(What it finds
  With the same work to do, no faults, and one operation at a time, a run came
  out differently from the run in which every I/O finishes at once: another
  result, another state (what sim.observe() names), other bytes on the disk. Or
  one operation wrote the same bytes to the same place more often than there,
  which changes nothing. More I/Os of another kind on one file are a note.
  The report names the first operation that differs with both values, where
  their type has words (a number, a text, a to_string(), a describe()), the
  first byte of the disk that differs, and where the operation yields.

Why it is a bug
  When an I/O finishes is nobody's choice. State was advanced too early or not
  at all, progress was lost over a yield, or a call that had said Done was
  made again.

Broken
    IOResult<Unit> copy() {
      RETURN_IF_IO(read());     // a yield below starts this again
      moved += 1;
      RETURN_IF_IO(write());
      return Unit{};
    }

Mended: remember that the first part is done
    IOResult<Unit> copy() {
      if (state == State::read) {
        RETURN_IF_IO(read());
        moved += 1;
        state = State::write;
      }
      RETURN_IF_IO(write());
      state = State::read;
      return Unit{};
    }

Not found
  What shows only when operations overlap, or after a fault: say what must
  hold with sim.always() and sim.finally(). Submitted I/Os are not compared in
  runs with timers, or where an operation ended with I/O in flight: how many
  there are may depend on timing then.

Exceptions
  sim.results_depend_on_timing() in the scenario says that results and disk
  may differ, and leaves what sim.observe() names to be compared.
  --no-check schedule-equivalence turns it off.

Try
  reprise sweep SCENARIO --check schedule-equivalence
)"},
    ExplainPage{"spurious-re-entry", "entered with nothing finished, a machine changed something",
                R"(What it finds
  A machine waits, and is entered although nothing has finished. It must only
  say once more what it waits for. This one went on, changed state, or
  submitted its I/O again.

Why it is a bug
  A machine may be woken for another's sake, or by a driver that just looks. To
  be entered is no answer; only finished() is.

Broken
    IOResult<Unit> read() {
      if (!pending) {
        pending = file.pread(0, buffer);
        IO_YIELD_ONE(pending);
      }
      pending = {};            // "I was called, so it must be there"
      return Unit{};
    }

Mended: ask
    IOResult<Unit> read() {
      if (!pending) pending = file.pread(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      pending = {};
      return Unit{};
    }

Not found
  Anything, unless the scenario says that its machines live with it:
  sim.survives({.spurious = true}). A group of completions that is built anew
  of the same ones is the same wait.

Exceptions
  Leave .spurious out, or --no-check spurious-re-entry.

Try
  reprise sweep SCENARIO --check spurious-re-entry
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_entries() { return about_entries; }

}  // namespace reprise
