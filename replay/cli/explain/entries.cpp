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
  How often a function is called again depends on the timing of I/O. If the I/O
  finishes at once, the result is right, so tests on a fast disk pass.

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
  or advance a state of the machine together with the change, so that the next
  entry takes another path.

Not found
  Changes of locals; changes that are undone before the yield (a lock taken and
  given back); stores that change nothing; the same line in a loop, once for
  each Done; two awaits of which only the first runs again
  (schedule-equivalence finds that). Nor changes that respond to something new,
  since those are new work: before the store the function has looked at an I/O
  that has finished since, or at memory that another task has changed since; or
  other code has put back what the store changes; or the time is stored.
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
  I/O again: the same kind, file, offset and size. After that yield nobody asks
  finished(), succeeded(), get_error() or result() of the first one until the
  operation says Done, or submits it once more.

Why it is a bug
  The next entry reaches the submit again and does not know that it has been
  there already. The I/O is made twice or for ever, an error of the first is
  lost, and the device still owns its buffer.

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
  Two operations that submit the same I/O; timers; a group that is rebuilt from
  the same completions, which is harmless. An I/O that was cancelled, has a
  callback, or is in a group that was asked counts as asked.

Exceptions
  completion.ignore() says that the outcome does not matter, as for a prefetch
  or a hint. --no-check double-submit turns it off.

Try
  reprise run SCENARIO --check double-submit
)"},
    ExplainPage{"held-mutex", "a mutex is held while the operation yields",
                R"(What it finds
  A note: an entry yields while it holds a std::mutex or pthread mutex. An
  error: another task asks for that mutex meanwhile, or the same task does so
  again. The report shows the line that took it and the line that asks. Only in
  code with the store watch.

Why it is a bug
  All operations of an event loop run in one thread. A task that waits for the
  mutex stops that thread, and with it the operation that would give it back.
  If several threads run the loop, another thread may continue the operation,
  and must not give back a mutex that it has not taken.

Broken
    IOResult<Unit> append() {
      if (!pending) mutex.lock();
      RETURN_IF_IO(write());           // yields, and holds it
      mutex.unlock();
      return Unit{};
    }

Mended: hold it only around code without I/O; or use a lock that yields
    IOResult<Unit> append() {
      RETURN_IF_IO(write());
      const std::lock_guard guard(mutex);
      used += 512;
      return Unit{};
    }

Not found
  Locks of your own making, which need sim.held(): `reprise explain leak`. And
  try_lock(), which never waits.

Exceptions
  --no-check held-mutex turns it off. --error held-mutex makes the note an
  error.

Try
  reprise fuzz FILE.cpp --check held-mutex
)"},
    ExplainPage{"idle-state", "a machine is not as it was before its operation",
                R"(What it finds
  A machine that was registered with sim.idle("name", machine) is not as it
  was before its operation began, although the operation is over: it said
  Done or Err, or it was abandoned at a yield. A machine with a describe() is
  compared by it, member by member, whenever no operation is under way; the
  state of any other is known from the store watch, or else from its bytes.

Why it is a bug
  The next operation starts from what the last one left: a stale completion, an
  index that was not reset, a flag that still says "locked". The damage shows
  far from its cause, and mostly after an error.

Broken
    IOResult<Unit> flush() {
      if (!pending) pending = file.pwrite(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      if (!pending.succeeded()) return pending.get_error();  // keeps pending
      pending = {};
      return Unit{};
    }

Mended: leave in one place, and clean up there
    IOResult<Unit> flush() {
      if (!pending) pending = file.pwrite(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion written = std::exchange(pending, {});
      if (!written.succeeded()) return written.get_error();
      return Unit{};
    }

Not found
  Machines that are not registered, and state that lives elsewhere. Errors and
  abandonment are injected only as far as the scenario says that its code
  survives them: sim.survives({.errors = true, .abandons = true}).

Exceptions
  --no-check idle-state turns it off. Leave state that may stay (a cache,
  statistics) out of describe(), mark it with REPRISE_BENIGN, or keep it
  outside of the registered object.

Try
  reprise fuzz SCENARIO --check idle-state
)"},
    ExplainPage{"lost-callee", "a call that answered IO was taken for done, or never made again",
                R"(What it finds
  An error: an IO answer is destroyed before anything has asked is_done() or
  is_io() of it. A note: a call at an await answered IO in one entry, and was
  not made again by the time the operation said Done. The note is an error if
  the scenario says that callees are driven to Done, with
  sim.survives({.yields_before_calls = true}).

Why it is a bug
  IO means "not yet". The work of the call after its yield is not done, and its
  state remains half way.

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
  Calls that are not made through an await macro, if their answer was asked.
  Calls that waited for a turn, a timer, or something that another task
  finishes. An operation that ends in Err, or is dropped, may leave its calls
  unfinished. A note is not a bug if the call has nothing to do after its
  yield: `state = next; RETURN_IF_IO(submit());`.

Exceptions
  --no-check lost-callee turns it off; --error lost-callee makes the note an
  error.

Try
  reprise sweep SCENARIO --error lost-callee
)"},
    ExplainPage{"prefix-read", "a value that was read again after a yield had changed (a note)",
                R"(What it finds
  On its way to an await a function reads a value, and it yields. It is called
  again, and the same line reads the value again. By now the value has changed,
  and it decides what is stored. This is a note, which fails nothing unless
  --error prefix-read is given.

Why it may be a bug
  The code before the yield and the code after it should be about the same
  thing, but are not: the cursor has moved on, another page is on top.

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
  Values that decide nothing. The check cannot know which reads are meant to
  see the newest value, so it makes only notes. It needs the store watch, which
  sees reads too: `reprise explain store-watch`.

Exceptions
  --no-check prefix-read turns it off; REPRISE_BENIGN(expr) marks one read.

Try
  reprise fuzz SCENARIO --error prefix-read
)"},
    ExplainPage{"schedule-equivalence",
                "an operation that runs alone depends on when its I/O finishes",
                R"(What it finds
  With the same workload, no faults, and one operation at a time, a run had a
  different outcome from the run in which every I/O finishes at once: another
  result, another state (what sim.observe() names), or other bytes on the disk.
  Or one operation wrote the same bytes to the same place more often than in
  that run, even though that changes nothing. More I/Os of another kind on one
  file are a note.
  The report names the first operation that differs, with both values if their
  type has words (a number, a text, a to_string(), a describe()); the first
  byte of the disk that differs; and where the operation yields.

Why it is a bug
  No code can choose when an I/O finishes. State was advanced too early or not
  at all, progress was lost over a yield, or a call that had said Done was made
  again.

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
  Bugs that show only when operations overlap, or after a fault: say what must
  hold with sim.always() and sim.finally(). Submitted I/Os are not compared in
  runs with timers, or if an operation ended with I/O in flight, because their
  number may then depend on timing.

Exceptions
  sim.results_depend_on_timing() in the scenario says that results and disk may
  differ; then only what sim.observe() names is compared.
  --no-check schedule-equivalence turns it off.

Try
  reprise sweep SCENARIO --check schedule-equivalence
)"},
    ExplainPage{"spurious-re-entry",
                "a machine changed something when entered with nothing finished",
                R"(What it finds
  A machine waits, and is entered although nothing has finished. It must only
  answer again what it waits for. This machine went on, changed state, or
  submitted its I/O again.

Why it is a bug
  A machine may be entered by a wake that is meant for another, or by a driver
  that just polls. Being entered does not mean that the I/O has finished; only
  finished() tells.

Broken
    IOResult<Unit> read() {
      if (!pending) {
        pending = file.pread(0, buffer);
        IO_YIELD_ONE(pending);
      }
      pending = {};            // "I was called, so it must be there"
      return Unit{};
    }

Mended: ask finished()
    IOResult<Unit> read() {
      if (!pending) pending = file.pread(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      pending = {};
      return Unit{};
    }

Not found
  Anything, unless the scenario says that its machines tolerate it:
  sim.survives({.spurious = true}). A group that is rebuilt from the same
  completions counts as the same wait.

Exceptions
  Leave .spurious out, or --no-check spurious-re-entry.

Try
  reprise sweep SCENARIO --check spurious-re-entry
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_entries() { return about_entries; }

}  // namespace reprise
