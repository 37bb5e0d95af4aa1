// Pages on what is no check.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_topics = {
    ExplainPage{"notes", "findings that fail nothing, and how to make errors of them",
                R"(What they are
  A check that may be right or wrong about code, such as prefix-read, makes a
  note: `note[prefix-read]: ...` at the end of a report. A note does not end
  its run, has no trace, and leaves the exit status at 0. Each is told once,
  with the number of runs that showed it.

To make an error of one
    reprise fuzz SCENARIO --error prefix-read
  Its notes are then findings like any other: with a trace, shrunk to the
  smallest run, and exit status 1. The trace remembers it: `reprise replay`
  needs no --error.

To see no more of one
    reprise fuzz SCENARIO --no-check prefix-read
)"},
    ExplainPage{"store-watch", "how stores are seen without Tracked<T>",
                R"(What it is
  Code that is compiled with -fsanitize=thread calls a function before each
  store and load. Reprise has functions of its own in place of the sanitizer's,
  and learns in this way what a machine changes, with nothing to annotate. What
  double-mutation, buffer-ownership, heap-lifetime, idle-state,
  spurious-re-entry and prefix-read know of plain members comes from there
  (idle-state: of a type that has no describe()).

How to compile with it
    reprise fuzz my_machine.cpp
  does it. In a CMake project of your own, link the harness with
    target_link_libraries(harness PRIVATE reprise::main reprise::watch)
  which compiles it so (block copies by memcpy are then not seen). Do not link
  with -fsanitize=thread: the program would have the sanitizer itself.
  Use -g as well, and reports name variables, lines and functions.

What it leaves out by itself
  Locals; memory that was allocated in the same entry, or freed since; stores
  that change nothing; what is undone before the yield. The scenario's own code
  outside of an operation, such as a model that a task compares with, and what
  always(), observe() and the like call.

What it cannot see
  Stores in libraries that were compiled without it: libstdc++ balances the
  tree of a std::map, and splices lists, in code of its own. With g++, a struct
  that a called function returns straight into a member. Inline assembly.
  Memory that the kernel fills. Code that runs on a stack of its own making.
  Tracked<T> works everywhere; both together make one finding, not two.

How to mark what is harmless: a statistic, a cache
    REPRISE_BENIGN(hits += 1);             a statement of the machine
    sim.benign("stats", stats);            an object, in the scenario
    reprise fuzz SCENARIO --benign 'Stats::*'
                                           a function or a variable, by name

What it costs
  A watched run takes several times as long. Code that is compiled without it
  pays nothing.
)"},
    ExplainPage{"sweep", "every plan that differs from a calm run in one place, or in two",
                R"(What it is
  A calm run asks many questions whose answer is "nothing special": does this
  I/O fail, is this wait cancelled, is this operation abandoned here? A sweep
  answers one of them otherwise, and runs; then the next; until each has been
  answered in each way. It begins from both calm worlds, sync and lazy. What it
  finds is minimal already.

  At every I/O: in flight or finished at submit; refused (EAGAIN, EBUSY,
  ENOMEM); EINTR, EAGAIN; EIO once, for these sectors, or for the whole file
  from here on; ENOSPC, EDQUOT, EFBIG, EROFS; short by 1, by half and at
  sectors' edges; taking effect early. At every await site: one yield more. At
  every wait: cancelled (with each outcome), abandoned, entered with nothing
  finished. At every event: overtaken by each other that could have come.
  Faults only as far as sim.survives() says; if it allows either error
  contract, under both.

How
    reprise sweep SCENARIO
    reprise sweep SCENARIO --distance 2 --plans 50000
  The second also runs every two differences together; of more than so many
  from a base, a sample that --seed draws. The report says how much that was.

The certificate
  The report ends with a line for each scenario: how many places were looked
  at, how many plans there are and were run, how many await sites were reached;
  and with the await sites in the same files that no run came to.
    reprise sweep 'wal/*' --certificate now.json --compare last.json
  writes it to a file, and ends with 4 if something that the older one covers
  is not covered any more.
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_topics() { return about_topics; }

}  // namespace reprise
