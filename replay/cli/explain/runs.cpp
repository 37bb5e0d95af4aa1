// Pages on checks that watch completions, buffers, and the run as a whole.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_runs = {
    ExplainPage{"buffer-ownership", "a buffer is used while an I/O in flight owns it",
                R"(What it finds
  A store into a buffer that an I/O in flight writes from or reads into, and a
  look at the bytes of a read before the read has been delivered. Borrowed
  memory (Buffer::borrow) that is freed meanwhile. With the store watch it
  names the line that does it; without, a store is seen by the bytes when the
  I/O takes effect, and the I/O is named.

Why it is a bug
  From submit until the completion has finished, cancelled or not, the buffer
  is the device's. What a write puts on the disk, or what a read leaves in
  memory, is otherwise a matter of luck.

Broken
    IOResult<Unit> append(std::byte next) {
      if (!pending) pending = file.pwrite(0, buffer);
      buffer.data()[used++] = next;    // may be written, or not
      if (!pending.finished()) IO_YIELD_ONE(pending);
      ...

Mended: fill it before the submit, or fill another one
    IOResult<Unit> append(std::byte next) {
      if (!pending) {
        buffer.data()[used++] = next;
        pending = file.pwrite(0, buffer);
      }
      if (!pending.finished()) IO_YIELD_ONE(pending);
      ...

Not found
  Without the store watch: reads; a store that leaves the bytes as they were,
  or comes after the effect. `reprise explain store-watch`

Exceptions
  --no-check buffer-ownership turns it off; REPRISE_BENIGN(expr) marks one line.

Try
  reprise fuzz SCENARIO --check buffer-ownership
)"},
    ExplainPage{"completion-protocol", "a completion or a group breaks its promises",
                R"(What it finds
  A completion that is finished twice, or with more bytes than were asked for;
  a callback that runs before its result is there. Our own devices keep these
  promises: look at an IO or File of your own, and at completions made with a
  CompletionPool.

Why it is a bug
  Whoever waits acts on the first result. What comes later is lost, and with
  it the error or the bytes that somebody counts on.

Broken
    void on_cancel() { completion.fail(IOError::cancelled); }
    void on_data(std::size_t n) { completion.finish(n); }   // both may come

Mended: one place ends it, everything else only asks for the end
    void on_cancel() { cancel_asked = true; }
    void on_last_word(std::size_t n) {
      if (cancel_asked && n == 0) return completion.fail(IOError::cancelled);
      completion.finish(n);
    }

Not found
  A completion that is never finished: that is `progress`, when somebody waits
  for it.

Exceptions
  --no-check completion-protocol turns it off.

Try
  reprise fuzz SCENARIO --check completion-protocol
)"},
    ExplainPage{"crash", "an exception, a signal, an exit, or a run that never ends",
                R"(What it finds
  The code under test threw an exception out of a task, touched memory that is
  not its own, overflowed its stack, aborted, or called exit(). Or the run
  - computed for --hang-timeout without coming to its next event (hang),
  - slept for so long in real time: a lock, a sleep(), a pipe (blocked),
  - used more memory than --memory allows a worker (memory),
  - called fork(), and the child came back into the run (fork),
  - left a task or an operation by longjmp(), or because its behaviour is
    undefined: compilers drop what follows the use of a null pointer (longjmp).

Why it is a bug
  It ends your process. Ours was one of several, so the campaign went on. The
  trace holds the run up to the death, so it happens again. The report shows
  your own lines of the stack that died, or that was under way when a run that
  hung was killed; of an exception, where it was thrown (in code with the store
  watch).

Broken
    Page& page = pages.at(key);            // a reference into a container
    RETURN_IF_IO(load(page));              // meanwhile somebody inserts
    page.used = true;                      // the page has moved

Mended: look it up after the yield
    RETURN_IF_IO(load(key));
    pages.at(key).used = true;

Not found
  Damage that goes unnoticed: build with -fsanitize=address,undefined, and its
  reports are findings of this check.

Exceptions
  --no-check crash leaves exceptions out. That a process died is reported
  always. Time in which a run must wait for a processor does not count, so a
  busy machine makes no hang; a run that computes for long needs a larger
  --hang-timeout. A worker that somebody else kills (SIGKILL) or stops is no
  finding: what it had left is run by others, and the report says so. Only a
  run that ends so three times, in three processes, is told.

Try
  gdb --args reprise replay TRACE --break-at N     stops before event N
)"},
    ExplainPage{"determinism", "the same plan, run twice, gave two different runs",
                R"(What it finds
  A run was made twice from the same plan, the second time with the heap and
  the stacks elsewhere and with other bytes in fresh memory, and was not the
  same run. The first step that differs is shown, and which of these makes the
  difference. Threads and alarms, which no plan can decide about: the call is
  refused and reported. What the code under test asks of the C library (time,
  sleep, random bytes, its process) gets the world's answer, the same in every
  run of the plan; it is told once, as a note.

Why it is a bug
  A run must depend on its plan and on nothing else; otherwise no finding can
  be trusted to come again.

Broken
    std::set<Page*> dirty;                 // in the order of addresses
    for (Page* page : dirty) flush(page);
    static int next_id = 0;                // lives from run to run
    int depth; if (at_root) depth = 0;     // whatever the stack held
    std::thread([&] { compact(); }).detach();

Mended: ids instead of addresses, all state made anew, a task of the scenario
    std::set<PageId> dirty;
    int next_id = 0;                       // a member of what a scenario makes
    int depth = 0;
    sim.task("compactor", [&] { compact(); });

Not found
  What differs only between machines, compilers or processes: the address of a
  function, the contents of real files. The processor's own counters are told
  only where they make a difference. A harness without reprise::watch asks the
  real clock. Every 64th run is made twice, and every finding is. The whole
  table is in docs/DETERMINISM.md.

Exceptions
  --no-check determinism turns it off, and lets threads be; then no trace is
  worth much. --error determinism makes findings of the notes.

Try
  reprise replay TRACE --strict
)"},
    ExplainPage{"heap-lifetime", "memory is used after it was freed, or freed twice",
                R"(What it finds
  A load or a store, in code that is compiled with the store watch, in memory
  that was freed earlier in the same run; and memory that is freed twice, also
  by realloc. It names three places: where it was freed, and in which entry of
  which operation; where it is used; and, if there is one, the yield between
  them. The run ends there, before the bad access can do any harm.

Why it is a bug
  What is there now belongs to somebody else, or to malloc. The machine reads
  what another one stores, and overwrites it. Which bytes these are is a matter
  of luck, so the same plan gives different runs.

Broken
    IOResult<Unit> send() {
      if (!session) session = server.session.get();
      RETURN_IF_IO(file.sync());       // the server may close it meanwhile
      session->sent += 1;
      ...

Mended: after the yield, look again whether it is there; or share ownership
    IOResult<Unit> send() {
      RETURN_IF_IO(file.sync());
      if (!server.session) return IOError::cancelled;
      server.session->sent += 1;
      ...

How it works
  What the code under test frees is filled with 0xDB and kept until the run
  ends: blocks up to 256 KiB, and at most 4 MiB or 8,192 blocks in all, of
  which the oldest go first. realloc always moves a block.

Not found
  Uses in code without the store watch, by memory that an allocator of the
  machine's own hands out again, and of dead locals: `reprise fuzz FILE --asan`
  finds these. `reprise explain store-watch`

Exceptions
  --no-check heap-lifetime turns it off, and frees memory at once;
  --benign NAME leaves out a function or a variable.

Try
  reprise fuzz FILE.cpp --check heap-lifetime
)"},
    ExplainPage{"invariant", "what the scenario says must hold did not",
                R"(What it finds
  A condition of sim.always(), sim.finally(), sim.expect() or sim.expect_eq()
  was false, or a call within EXPECT_NO_IO() yielded. The report says which
  one, and after which event; and, in code with the store watch, the line that
  last changed anything the condition reads.

Why it is a bug
  The scenario says so. The smallest history shows what led to it.

Broken
    sim.always("the sum stays", [&] { return a + b == 100; });
    a -= 10;
    RETURN_IF_IO(log.write(a, b));         // others look in between
    b += 10;

Mended: change together what belongs together, and yield before or after
    RETURN_IF_IO(log.write(a - 10, b + 10));
    a -= 10;
    b += 10;

Not found
  What nobody wrote down. Goals of sim.sometimes() that no run reached are
  listed at the end of a campaign: a condition that was never tested proves
  nothing.

Exceptions
  A condition that may be broken for a moment is for finally(), or for an
  expect() where it must hold. --no-check invariant turns all of them off.

Try
  reprise replay TRACE --verbose
)"},
    ExplainPage{"linearizability", "results that no order of the operations explains",
                R"(What it finds
  Operations were recorded with Linearizable<Model>. Overlapping as they did,
  they must look as if each had happened at one moment between its call and its
  return. No order does: the model, run one operation after the other, never
  gives these results. The report shows the operation that cannot be explained,
  what ran meanwhile, and the best order of what came before.

Why it is a bug
  Somebody was told that a write is done, and then read the value before it.

Broken
    IOResult<int> read() {
      if (!loading && cache) return *cache;
      loading = true;
      cache = RETURN_IF_IO(load());     // a write may have been done meanwhile
      loading = false;
      return *cache;
    }

Mended: what is in the cache by now is newer
      const int loaded = RETURN_IF_IO(load());
      loading = false;
      if (!cache) cache = loaded;
      return *cache;

The scenario's part
    Linearizable<Register> history(sim, "the register");
    history.await({Register::Call::read}, [&] { return machine.read(); });
  Register has a state, and apply(call), which changes it and gives the answer.

Not found
  What is not recorded. An operation that fails, is abandoned or never returns
  may have happened at any time after its call, or never; many of these make
  the search long, and past steps_max a note says that it has not decided. Give
  the model a key_of(call), and each key is judged alone.

Exceptions
  {.errors_have_no_effect = true}: an operation that answers Err has not
  happened. --no-check linearizability turns the check off.

Try
  reprise fuzz SCENARIO --check linearizability
)"},
    ExplainPage{"overlap", "two I/Os in flight for one buffer or one range of a file",
                R"(What it finds
  Two I/Os are in flight at the same time, and nothing orders them: two reads
  fill one buffer, or a read fills what a write takes its bytes from; or two
  writes, or a write and a truncate, change the same bytes of a file. It is
  told when the second one is submitted. An I/O is in flight until its
  completion has finished, also after cancel() was called.
  A note: a read of bytes that a write in flight changes, or the other way
  round. A reader that takes no lock may find out from what it has read. Not
  of a read that was cancelled.

Why it is a bug
  The device may do them in any order. Which bytes are there at the end is
  chance.

Broken
    if (!frames.finished()) IO_YIELD_ONE(frames);  // a group of three writes
    if (!frames.succeeded()) {                     // one of them has failed,
      cut = log.truncate(end);                     // two are still in flight
      ...

Mended: wait until all have finished
    if (!all) all = CompletionGroup::drain(frames);
    if (!all.finished()) IO_YIELD_ONE(all);
    if (!frames.succeeded()) {
      cut = log.truncate(end);
      ...

Not found
  What happens to finish before the other is submitted. Two writes of the same
  bytes. Sync, remove, rename and timers. Of more than 128 in flight the oldest.

Exceptions
  sim.reads_may_race_writes() says that readers can tell: then there are no
  notes. --no-check overlap turns it off. --error overlap makes errors of its
  notes.

Try
  reprise sweep SCENARIO --check overlap
)"},
    ExplainPage{"premature-use", "a result is used before it is there, or an error by nobody",
                R"(What it finds
  result() asked of a completion that has not finished. And an operation that
  says Done although an I/O of its has failed, or fails later, and nobody ever
  asked succeeded(), get_error() or result() of it: the error is lost. To ask
  finished() is no look at the error. A note: an operation said Done while its
  write, sync or truncate was in flight, and nobody ever asks how it comes out.

  What is read before it is there shows by itself: a read in flight has 0xDB in
  its buffer, also in machines that work only because old bytes look good.

Why it is a bug
  The disk was full, and the caller was told that all is well.

Broken
    IOResult<Unit> append() {
      if (!pending) pending = log.pwrite(at, record);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      pending = {};                          // finished, but how?
      return Unit{};
    }

Mended
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion written = std::exchange(pending, {});
      if (!written.succeeded()) return written.get_error();
      return Unit{};

Not found
  An error that anybody looks at by the end of the run, another operation too;
  and what a finding before the end hides. Operations that answer Err or are
  dropped, I/Os that were cancelled or have a callback, those of a group that
  was asked. I/O fails only as far as the scenario says:
  sim.survives({.errors = true}).

Exceptions
  completion.ignore() says that it does not matter. Where the driver sees all
  errors (ErrorContract::driver) its machine need not look at what it awaits.
  --no-check premature-use turns it off.

Try
  reprise sweep SCENARIO --check premature-use
)"},
    ExplainPage{"progress", "a deadlock, a lost wake, an endless run, or a spin without progress",
                R"(What it finds
  Deadlock: tasks wait, and nothing is in flight that could wake them. The
  report says for each where it waits, for what, what it holds (sim.held()),
  and whom it waits for in turn: `a` -> `b` -> `a`.
  Lost wake: a stuck task that is entered once more goes on. Only where the
  scenario says sim.survives({.spurious = true}).
  Livelock: turn after turn, and no I/O is delivered: 10,000 turns, or, with
  machines that describe themselves (idle, owned), 256 times the same state.
  Starved: 1,000 entries of one operation that waits for others, with 1,000 of
  their operations ended meanwhile. Spins: one operation has answered explicit
  yields, and nothing else, while 1,000 I/Os were delivered one after the
  other. An operation or a run that does not end.
  Busy: an entry that gets IO 100,000 times and goes on, or submits as many I/Os
  that are done at once; an operation that yields 1,000 times in a row where
  only a timer can help it and changes nothing (store watch), or after a foreign
  call's "again" with nothing in flight; 10,000 failures of a task in a row.

Why it is a bug
  Nobody will ever get an answer. Behind it is a completion that nobody
  finishes on some path, a lock that is not given back, two locks taken in two
  orders, or a wake that came before its wait.

Broken
    RETURN_IF_IO(log.write("empty"));      // the item may come now ...
    arrival = pool.make();                 // ... and find nobody waiting
    if (!arrival.finished()) IO_YIELD_ONE(arrival);

Mended: look again after every yield, just before waiting
    RETURN_IF_IO(log.write("empty"));
    if (items == 0 && !arrival) arrival = pool.make();
    if (items == 0 && !arrival.finished()) IO_YIELD_ONE(arrival);
  or with a place in core's WakeList, which looks again by itself
    RETURN_IF_IO(log.write("empty"));
    RETURN_IF_IO(place.until([&] { return items > 0; }));

Not found
  Waiting that is only long: entries that only look again, by a timer or an
  explicit yield, do not count while an I/O is in flight. Who would finish a
  completion is known only where it waits for core's FairLock, where a task
  made it for others, or where one task alone holds something.

Exceptions
  sim.entries_per_operation_max(n) for an operation that is entered very often
  (also how long it may be overtaken), sim.events_max(n) for a run with more
  than a million events. --no-check progress turns it off.

Try
  reprise replay TRACE --verbose
)"},
    ExplainPage{"short-count", "fewer bytes were written than asked, and nobody knows",
                R"(What it finds
  A write moved fewer bytes than it was asked to, its operation said Done, and
  by the end of the run nobody has asked result() of it or of a group that it
  is in, and nobody has written the rest. succeeded() is true of such a write.
  A note: the same of a read, and of a write that nobody has looked at at all.

Why it is a bug
  A write may always be short: a full disk, a signal, a socket. The caller was
  told that all is written, and the end of it is not there.

Broken
    if (!pending) pending = log.pwrite(end, frame);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    end += frame.size();                 // as if all of it were there
    return Unit{};

Mended: submit the rest, until there is none
    while (done < frame.size()) {
      if (!pending) pending = log.pwrite(end + done, frame.slice(done,
                                         frame.size() - done));
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion part = std::exchange(pending, {});
      if (!part.succeeded()) return part.get_error();
      done += part.result();
    }

Not found
  What is cut off, removed or written again later, or read back by the same
  operation, which sees its content then; operations that answer Err; I/Os with
  a callback; runs in which an I/O failed too. I/O is cut short only as far as
  the scenario says: sim.survives({.short_io = true}).

Exceptions
  completion.ignore() says that it does not matter. --no-check short-count
  turns it off.

Try
  reprise sweep SCENARIO --check short-count
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_runs() { return about_runs; }

}  // namespace reprise
