// Pages on what is no check.
#include <reprise/replay/cli/explain/pages.h>

#include <array>

namespace reprise {

namespace {

constexpr std::array about_topics = {
    ExplainPage{"notes", "findings that fail nothing, and how to make them errors",
                R"(What they are
  A check that cannot be sure of a bug, such as prefix-read, makes a note:
  `note[prefix-read]: ...` at the end of a report. A note does not end its run,
  has no trace, and leaves the exit status at 0. Each note is reported once,
  with the number of runs that showed it.

To make a note an error
    reprise fuzz SCENARIO --error prefix-read
  Its notes are then findings like any other: with a trace, shrunk to the
  smallest run, and exit status 1. The trace remembers it: `reprise replay`
  needs no --error.

To turn a note off
    reprise fuzz SCENARIO --no-check prefix-read
)"},
    ExplainPage{"store-watch", "how stores are seen without Tracked<T>",
                R"(What it is
  Code that is compiled with -fsanitize=thread calls a function before each
  store and load. Reprise supplies these functions in place of the sanitizer,
  and so learns what a machine changes, without annotations. This is how
  double-mutation, buffer-ownership, heap-lifetime, idle-state,
  spurious-re-entry and prefix-read see plain members (idle-state: if the type
  has no describe()).

How to compile with it
  The command line does so by itself:
    reprise fuzz my_machine.cpp
  In a CMake project of your own, link the harness with
    target_link_libraries(harness PRIVATE reprise::main reprise::watch)
  which compiles it with the watch (block copies by memcpy are then not seen).
  Do not link with -fsanitize=thread, which would add the sanitizer itself.
  Also use -g, so that reports name variables, lines and functions.

What it leaves out by itself
  Locals; memory that was allocated in the same entry, or freed since; stores
  that change nothing; changes that are undone before the yield; the scenario's
  own code outside of an operation, such as a model that a task compares with;
  the functions given to always(), observe() and the like.

What it cannot see
  Stores in libraries that were compiled without it; for example, libstdc++
  balances the tree of a std::map, and splices lists, in its own code. With
  g++, a struct that a called function returns straight into a member. Inline
  assembly. Memory that the kernel fills. Code that runs on a stack that it has
  made itself. Tracked<T> works everywhere; a store that both see makes one
  finding, not two.

How to mark harmless stores, such as statistics or a cache
    REPRISE_BENIGN(hits += 1);             a statement of the machine
    sim.benign("stats", stats);            an object, in the scenario
    reprise fuzz SCENARIO --benign 'Stats::*'
                                           a function or a variable, by name

What it costs
  A watched run takes several times as long. Code that is compiled without it
  pays nothing.
)"},
    ExplainPage{"sweep", "every plan that differs from a calm run in one or two places",
                R"(What it is
  A calm run asks many questions whose answer is "nothing special": does this
  I/O fail, is this wait cancelled, is this operation abandoned here? A sweep
  makes a run for each other answer to each single question, from both calm
  worlds, sync and lazy. Its findings are minimal already.

  At every I/O: in flight or finished at submit; refused (EAGAIN, EBUSY,
  ENOMEM); EINTR, EAGAIN; EIO once, for these sectors, or for the whole file
  from here on; ENOSPC, EDQUOT, EFBIG, EROFS; short by 1, by half and at the
  edges of sectors; taking effect early. At every await site: one more yield.
  At every wait: cancelled (with each outcome), abandoned, entered with nothing
  finished. At every event: overtaken by each other event that could have come
  first. Only the faults that sim.survives() allows are injected; if it allows
  either error contract, under both.

How
    reprise sweep SCENARIO
    reprise sweep SCENARIO --distance 2 --plans 50000
  The second also runs every pair of differences; if a base has more pairs than
  --plans, a sample of them that --seed draws. The report says how many pairs
  were run.

The certificate
  The report ends with a line for each scenario: the number of places, the
  number of plans and of those that were run, and the number of await sites
  reached. Then it lists the await sites in the same files that no run reached.
    reprise sweep 'wal/*' --certificate now.json --compare last.json
  writes this to a file, and ends with exit status 4 if something that the
  older certificate covers is no longer covered.
)"},
};

}  // namespace

std::span<const ExplainPage> pages_on_topics() { return about_topics; }

}  // namespace reprise
