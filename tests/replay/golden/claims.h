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

inline void idle_state(Sim& sim) {
  struct Scan : Table {
    void describe(Archive& archive) const {
      archive("locked", locked);
      archive("locks", locks);
    }
  };
  Scan table{{{sim.open("table")}}};
  sim.survives({.errors = true});
  sim.idle("table", table);
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return table.scan(); })); });
  sim.run();
}

enum class Phase : std::uint8_t { none, write, sync };

// Two of them share the phase.
struct Commit : Reader {
  Phase& phase;

  IOResult<Unit> commit() {
    if (phase == Phase::none) phase = Phase::write;
    IOResult<Unit> answer = read();
    if (!answer.is_io()) phase = Phase::none;
    return answer;
  }
};

inline void clean_up(Sim& sim) {
  Phase phase = Phase::none;
  Commit one{{sim.open("one")}, phase};
  Commit other{{sim.open("other")}, phase};
  sim.survives({.refusals = true});
  sim.owned("phase", "one", phase);
  sim.task("one", [&] { static_cast<void>(sim.await([&] { return one.commit(); })); });
  sim.task("other", [&] { static_cast<void>(sim.await([&] { return other.commit(); })); });
  sim.run();
}

// Keeps a completion that has failed, and looks at it again.
struct KeepsIt {
  File& file;
  Completion pending = {};

  IOResult<Unit> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    pending = {};
    return Unit{};
  }
};

inline void next_operation(Sim& sim) {
  KeepsIt machine{sim.open("page")};
  sim.survives({.errors = true});
  sim.next_operation_works();
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return machine.read(); }));
  });
  sim.run();
}

}  // namespace reprise::golden
