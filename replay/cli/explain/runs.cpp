// Pages on checks that watch completions, buffers, and the run as a whole.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_runs = {
    ExplainPage{"buffer-ownership", "a buffer is used while an I/O in flight owns it",
                R"(What it finds
  Code stores into a buffer that an I/O in flight writes from or reads into,
  looks at the bytes of a read before its delivery, or frees borrowed memory
  (Buffer::borrow) meanwhile. With the store watch the report names the line.
  Without it, a store is noticed by its bytes when the I/O takes effect, and
  the report names the I/O.

Why it is a bug
  The device owns the buffer from submit until the completion has finished,
  cancelled or not. Otherwise the bytes that a write puts on the disk, or that
  a read leaves in memory, are a matter of luck.

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
  Without the store watch: loads, and stores that leave the bytes as they were
  or come after the effect. See `reprise explain store-watch`.

Exceptions
  --no-check buffer-ownership turns it off; REPRISE_BENIGN(expr) marks one line.

Try
  reprise fuzz SCENARIO --check buffer-ownership
)"},
    ExplainPage{"completion-protocol", "a completion or a group breaks its promises",
                R"(What it finds
  A completion is finished twice, or with more bytes than were asked for; or a
  callback runs before its result is there. The devices of Reprise keep these
  promises: look at an IO or File of your own, and at completions made with a
  CompletionPool.

Why it is a bug
  The code that waits acts on the first result. A later result is lost, and
  with it the error or the bytes that other code counts on.

Broken
    void on_cancel() { completion.fail(IOError::cancelled); }
    void on_data(std::size_t n) { completion.finish(n); }   // both may come

Mended: one place finishes it, all others only ask for that
    void on_cancel() { cancel_asked = true; }
    void on_last_word(std::size_t n) {
      if (cancel_asked && n == 0) return completion.fail(IOError::cancelled);
      completion.finish(n);
    }

Not found
  A completion that is never finished: `progress` finds that if a task waits
  for it.

Exceptions
  --no-check completion-protocol turns it off.

Try
  reprise fuzz SCENARIO --check completion-protocol
)"},
    ExplainPage{"crash", "an exception, a signal, an exit, or a run that never ends",
                R"(What it finds
  The code under test threw an exception out of a task, accessed memory that is
  not its own, overflowed its stack, aborted, or called exit(). Or the run
  - computed for --hang-timeout without coming to its next event (hang),
  - slept that long in real time, in a lock, a sleep() or a pipe (blocked),
  - used more memory than --memory allows a worker (memory),
  - called fork(), and the child came back into the run (fork),
  - left a task or an operation by longjmp(), or because its behaviour is
    undefined: compilers drop what follows the use of a null pointer (longjmp).

Why it is a bug
  It would end your process. Here it ended one of several worker processes, so
  the campaign went on. The trace holds the run up to the death, so it happens
  again. The report shows your own lines of the stack at the death, or at the
  time when a hanging run was killed; for an exception, the line that threw it
  (in code with the store watch).

Broken
    Page& page = pages.at(key);            // a reference into a container
    RETURN_IF_IO(load(page));              // meanwhile somebody inserts
    page.used = true;                      // the page has moved

Mended: look it up after the yield
    RETURN_IF_IO(load(key));
    pages.at(key).used = true;

Not found
  Damage without an effect: build with -fsanitize=address,undefined, whose
  reports are findings of this check.

Exceptions
  --no-check crash leaves out exceptions; the death of a process is always
  reported. Time in which a run waits for a processor does not count, so a busy
  machine makes no hang; a run that computes for long needs a larger
  --hang-timeout. A worker that is killed from outside (SIGKILL) or stopped is
  not a finding: other workers make its remaining runs, and the report says so.
  Only a run that ends like this three times, in three processes, is a finding.

Try
  gdb --args reprise replay TRACE --break-at N     stops before event N
)"},
    ExplainPage{"determinism", "the same plan, run twice, gave two different runs",
                R"(What it finds
  A run was made twice from the same plan, the second time with the heap and
  the stacks elsewhere and with other bytes in fresh memory, and was not the
  same run. The report shows the first step that differs, and which of these
  makes the difference. No plan can decide about threads and alarms, so these
  calls are refused and reported. If the code under test asks the C library for
  time, sleep, random bytes or its process, the world answers, in the same way
  in every run of the plan; this is reported once, as a note.

Why it is a bug
  A run must depend on its plan and on nothing else; otherwise no finding can
  be trusted to come again.

Broken
    std::set<Page*> dirty;                 // in the order of addresses
    for (Page* page : dirty) flush(page);
    static int next_id = 0;                // lives from run to run
    int depth; if (at_root) depth = 0;     // whatever the stack held
    std::thread([&] { compact(); }).detach();

Mended: ids instead of addresses, fresh state, a task of the scenario
    std::set<PageId> dirty;
    int next_id = 0;                       // a member of the scenario's objects
    int depth = 0;
    sim.task("compactor", [&] { compact(); });

Not found
  Differences only between machines, compilers or processes, such as the
  address of a function or the contents of real files. The processor's own
  counters are reported only if they make a difference. A harness without
  reprise::watch gets the real clock. Only every 64th run and every finding are
  run twice. The whole table is in docs/DETERMINISM.md.

Exceptions
  --no-check determinism turns it off and allows threads; traces are then of
  little use. --error determinism makes the notes errors.

Try
  reprise replay TRACE --strict
)"},
    ExplainPage{"heap-lifetime", "memory is used after it was freed, or freed twice",
                R"(What it finds
  Code that is compiled with the store watch loads from or stores to memory
  that was freed earlier in the same run; or memory is freed twice, also by
  realloc. The report names three places: where the memory was freed, in which
  entry of which operation; where it is used; and the yield between them, if
  there is one. The run ends there, before the bad access can do any harm.

Why it is a bug
  The memory now belongs to other code, or to malloc. The machine reads what
  that code stores there, and overwrites it. Whose bytes these are is a matter
  of luck, so the same plan gives different runs.

Broken
    IOResult<Unit> send() {
      if (!session) session = server.session.get();
      RETURN_IF_IO(file.sync());       // the server may close it meanwhile
      session->sent += 1;
      ...

Mended: check after the yield that it still exists; or share ownership
    IOResult<Unit> send() {
      RETURN_IF_IO(file.sync());
      if (!server.session) return IOError::cancelled;
      server.session->sent += 1;
      ...

How it works
  Memory that the code under test frees is filled with 0xDB and kept until the
  run ends: blocks up to 256 KiB, and at most 4 MiB or 8,192 blocks in all; the
  oldest go first. realloc always moves a block.

Not found
  Uses in code without the store watch (`reprise explain store-watch`), of
  memory that the machine's own allocator hands out again, and of dead locals:
  `reprise fuzz FILE --asan` finds these.

Exceptions
  --no-check heap-lifetime turns it off, and frees memory at once;
  --benign NAME leaves out a function or a variable.

Try
  reprise fuzz FILE.cpp --check heap-lifetime
)"},
    ExplainPage{"invariant", "a condition that the scenario says must hold did not",
                R"(What it finds
  A condition of sim.always(), sim.finally(), sim.expect() or sim.expect_eq()
  was false, or a call within EXPECT_NO_IO() yielded. The report says which
  one, and after which event; in code with the store watch also the line that
  last changed anything that the condition reads.

Why it is a bug
  The scenario says so. The smallest history shows what led to it.

Broken
    sim.always("the sum stays", [&] { return a + b == 100; });
    a -= 10;
    RETURN_IF_IO(log.write(a, b));         // others look in between
    b += 10;

Mended: make both changes together, and yield before or after
    RETURN_IF_IO(log.write(a - 10, b + 10));
    a -= 10;
    b += 10;

Not found
  Conditions that the scenario does not state. Goals of sim.sometimes() that no
  run reached are listed at the end of a campaign: a condition that was never
  tested proves nothing.

Exceptions
  Put a condition that may be broken for a moment into finally(), or into an
  expect() where it must hold. --no-check invariant turns all of them off.

Try
  reprise replay TRACE --verbose
)"},
    ExplainPage{"linearizability", "results that no order of the operations explains",
                R"(What it finds
  Operations were recorded with Linearizable<Model>. However they overlap, each
  must look as if it had happened at one moment between its call and its
  return. No order achieves that: the model, run one operation after the other,
  never gives these results. The report shows the operation that cannot be
  explained, what ran meanwhile, and the longest explained order of the
  operations before.

Why it is a bug
  A caller was told that a write is done, and then read the value before it.

Broken
    IOResult<int> read() {
      if (!loading && cache) return *cache;
      loading = true;
      cache = RETURN_IF_IO(load());     // a write may have been done meanwhile
      loading = false;
      return *cache;
    }

Mended: a value that is in the cache by now is newer
      const int loaded = RETURN_IF_IO(load());
      loading = false;
      if (!cache) cache = loaded;
      return *cache;

The scenario's part
    Linearizable<Register> history(sim, "the register");
    history.await({Register::Call::read}, [&] { return machine.read(); });
  Register has a state, and apply(call), which changes it and gives the answer.

Not found
  Operations that are not recorded. An operation that fails, is abandoned or
  never returns may have happened at any time after its call, or never; many of
  these make the search long, and beyond steps_max a note says that the check
  is undecided. With a key_of(call) in the model, each key is judged alone.

Exceptions
  {.errors_have_no_effect = true}: an operation that answers Err has not
  happened. --no-check linearizability turns the check off.

Try
  reprise fuzz SCENARIO --check linearizability
)"},
    ExplainPage{"overlap", "two I/Os in flight for one buffer or one range of a file",
                R"(What it finds
  Two I/Os are in flight at the same time, and nothing orders them: two reads
  fill one buffer, or a read fills a buffer that a write takes its bytes from;
  or two writes, or a write and a truncate, change the same bytes of a file.
  The finding comes when the second one is submitted. An I/O is in flight until
  its completion has finished, even after cancel() was called.
  A note: a read and a write of the same bytes of a file are in flight
  together. A reader that takes no lock may be able to tell from the bytes.
  There is no note for a read that was cancelled.

Why it is a bug
  The device may do them in any order, so the bytes at the end are a matter of
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
  An I/O that happens to finish before the other is submitted. Two writes of
  equal bytes. Sync, remove, rename and timers. The oldest I/Os if more than
  128 are in flight.

Exceptions
  sim.reads_may_race_writes() says that readers can tell: then there are no
  notes. --no-check overlap turns it off. --error overlap makes its notes
  errors.

Try
  reprise sweep SCENARIO --check overlap
)"},
    ExplainPage{"premature-use", "a result is used before it is there, or an error is ignored",
                R"(What it finds
  result() is called on a completion that has not finished. Or an operation
  says Done although one of its I/Os has failed, or fails later, and nobody
  ever asks succeeded(), get_error() or result() of it: the error is lost.
  Calling finished() does not count. A note: an operation says Done while its
  write, sync or truncate is in flight, and nobody ever asks for the outcome.

  Bytes that are used before a read is done show by themselves: the buffer of a
  read in flight holds 0xDB, so no machine works only because old bytes look
  good.

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
  An error that any operation looks at by the end of the run, and one in a run
  that another finding ends. Operations that answer Err or are dropped; I/Os
  that were cancelled, have a callback, or are in a group that was asked. I/O
  fails only if the scenario says sim.survives({.errors = true}).

Exceptions
  completion.ignore() says that the outcome does not matter. If the driver sees
  all errors (ErrorContract::driver), its machine need not look at them.
  --no-check premature-use turns it off.

Try
  reprise sweep SCENARIO --check premature-use
)"},
    ExplainPage{"progress", "a deadlock, a lost wake, an endless run, or a spin without progress",
                R"(What it finds
  Deadlock: tasks wait, and nothing is in flight that could wake them. The
  report says for each where it waits, for what, what it holds (sim.held()),
  and for which tasks it waits in turn: `a` -> `b` -> `a`.
  Lost wake: a stuck task that is entered once more goes on. Only if the
  scenario says sim.survives({.spurious = true}).
  Livelock: tasks take turns, and no I/O is delivered: 10,000 turns or, with
  machines that describe themselves (idle, owned), 256 rounds without a new
  state. Starved: an operation that waits for others is entered 1,000 times
  while 1,000 of their operations end. Spins: one operation answers only
  explicit yields while 1,000 I/Os are delivered one after the other. Endless:
  an operation or a run does not end.
  Busy: an entry gets IO 100,000 times and goes on, or submits as many I/Os
  that are done at once; an operation yields 1,000 times in a row and changes
  nothing (store watch) while only a timer can help it, or after a foreign
  call's "again" with nothing in flight; a task fails 10,000 times in a row.

Why it is a bug
  The callers never get an answer. The cause is a completion that is not
  finished on some path, a lock that is not given back, two locks taken in two
  orders, or a wake that came before its wait.

Broken
    RETURN_IF_IO(log.write("empty"));      // the item may come now ...
    arrival = pool.make();                 // ... and find nobody waiting
    if (!arrival.finished()) IO_YIELD_ONE(arrival);

Mended: check again after every yield, just before waiting
    RETURN_IF_IO(log.write("empty"));
    if (items == 0 && !arrival) arrival = pool.make();
    if (items == 0 && !arrival.finished()) IO_YIELD_ONE(arrival);
  or use a place in core's WakeList, which checks again by itself
    RETURN_IF_IO(log.write("empty"));
    RETURN_IF_IO(place.until([&] { return items > 0; }));

Not found
  Waits that are only long: entries that only poll, by a timer or an explicit
  yield, do not count while an I/O is in flight. The task that would finish a
  completion is known only if the wait is for core's FairLock, if a task made
  the completion for others, or if one task alone holds something.

Exceptions
  Use sim.entries_per_operation_max(n) for an operation that is entered or
  overtaken very often, and sim.events_max(n) for a run with more than a
  million events. --no-check progress turns it off.

Try
  reprise replay TRACE --verbose
)"},
    ExplainPage{"short-count", "fewer bytes were written than asked, and nobody noticed",
                R"(What it finds
  A write moved fewer bytes than were asked for, and its operation said Done.
  By the end of the run nobody had asked result() of it or of a group that it
  is in, and nobody had written the rest. succeeded() is true for such a write.
  A note: the same for a read, and for a write of which nobody has asked
  anything.

Why it is a bug
  A write may always be short: a full disk, a signal, a socket. The caller was
  told that all is written, but the end is missing.

Broken
    if (!pending) pending = log.pwrite(end, frame);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    end += frame.size();                 // as if all of it were there
    return Unit{};

Mended: submit the rest until everything is written
    while (done < frame.size()) {
      if (!pending) pending = log.pwrite(end + done, frame.slice(done,
                                         frame.size() - done));
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion part = std::exchange(pending, {});
      if (!part.succeeded()) return part.get_error();
      done += part.result();
    }

Not found
  Bytes that are cut off, removed or written again later, or that the same
  operation reads back, because it then sees them; operations that answer Err;
  I/Os with a callback; runs in which an I/O failed too. I/O is cut short only
  if the scenario says sim.survives({.short_io = true}).

Exceptions
  completion.ignore() says that the count does not matter.
  --no-check short-count turns it off.

Try
  reprise sweep SCENARIO --check short-count
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_runs() { return about_runs; }

}  // namespace reprise
