// Scenarios whose machines break what is said of them. New ones go to the end: the reports quote
// the lines of this file.
#pragma once

#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "tests/replay/golden/machines.h"

namespace reprise::golden {

struct Syncer {
  File& file;
  bool syncing = false;
  Completion pending = {};

  IOResult<Unit> sync() {
    syncing = true;
    RETURN_IF_IO(submit());
    syncing = false;
    return Unit{};
  }
  IOResult<Unit> submit() {
    if (!pending) pending = file.sync();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

inline void bookkeeping(Sim& sim) {
  Syncer log{sim.open("log")};
  sim.survives({.errors = true});
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return log.sync(); })); });
  sim.agree(
      "a sync is under way", [&] { return log.syncing; },  //
      "one was submitted", [&] { return static_cast<bool>(log.pending); });
  sim.run();
}

struct Table : Reader {
  std::uint64_t locks = 0;
  bool locked = false;

  IOResult<Unit> scan() {
    if (!std::exchange(locked, true)) ++locks;
    RETURN_IF_IO(read());
    locked = false;
    --locks;
    return Unit{};
  }
};

inline void leak(Sim& sim) {
  Table table{{sim.open("table")}};
  sim.survives({.abandons = true});
  const AwaitOptions options{.abandon = [&] { table.pending = {}; }};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return table.scan(); }, options)); });
  sim.held("table lock", [&] { return table.locks; });
  sim.run();
}

}  // namespace reprise::golden
