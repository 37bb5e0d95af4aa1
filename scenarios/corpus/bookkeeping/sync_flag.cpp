// Corpus 40: "a sync is under way" is set, then the sync is submitted; refused at submit, it is
// never under way, and nobody takes the flag back.
#include <reprise/reprise.h>

#include <utility>

namespace reprise::corpus::sync_flag {
namespace {

struct Syncer {
  File& file;
  bool syncing = false;
  Completion pending = {};

  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    syncing = false;
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct LeavesTheFlag : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      REPRISE_ASSERT(!syncing, "one sync at a time");
      syncing = true;
      const Completion submitted = file.sync();
      if (submitted.finished() && !submitted.succeeded()) return submitted.get_error();
      pending = submitted;
    }
    return finish();
  }
};

struct TakesItBack : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      REPRISE_ASSERT(!syncing, "one sync at a time");
      syncing = true;
      pending = file.sync();
    }
    return finish();
  }
};

template <class Machine>
void sync_twice(Sim& sim) {
  Machine machine{{sim.open("log")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return machine.sync(); }));
  });
  sim.agree(
      "a sync is under way", [&] { return machine.syncing; },  //
      "one was submitted", [&] { return static_cast<bool>(machine.pending); });
  sim.run();
}

CANARY("corpus/bookkeeping/sync-flag", "bookkeeping", sync_twice<LeavesTheFlag>,
       sync_twice<TakesItBack>);

}  // namespace
}  // namespace reprise::corpus::sync_flag
