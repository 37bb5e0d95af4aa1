// A lock taken in one entry and released in a later one, and the three ways on which the later one
// never comes: the machine leaves early with the error that it sees; the driver sees the error and
// does not enter the machine again; the operation is abandoned at a yield.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::errors::leaked_lock {
namespace {

enum class State : std::uint8_t { lock, seek };

// Gives out row numbers: looks up the last one with the table locked.
struct Rows {
  NumberFile table;
  Tracked<bool> locked{"locked"};
  Tracked<State> state{"state", State::lock};

  void unlock() {
    locked = false;
    state = State::lock;
  }
  // The operation will not be entered again.
  void give_up() {
    table.reset();
    if (state != State::lock) unlock();
  }
};

struct LeavesEarly : Rows {
  IOResult<std::uint64_t> next() {
    if (state == State::lock) {
      if (locked) return IOError::busy;
      locked = true;
      state = State::seek;
    }
    const std::uint64_t last = RETURN_IF_IO(table.read(0));  // an Err leaves here as well
    unlock();
    return last + 1;
  }
};

struct AlwaysUnlocks : Rows {
  IOResult<std::uint64_t> next() {
    if (state == State::lock) {
      if (locked) return IOError::busy;
      locked = true;
      state = State::seek;
    }
    IOResult<std::uint64_t> answer = seek();
    if (!answer.is_io()) unlock();
    return answer;
  }
  IOResult<std::uint64_t> seek() {
    const std::uint64_t last = RETURN_IF_IO(table.read(0));
    return last + 1;
  }
};

struct OnlyForgets : AlwaysUnlocks {
  void give_up() { table.reset(); }
};

template <class Machine>
void take_two_rows(Sim& sim, const Faults& faults) {
  Machine rows{NumberFile(sim.open("table"))};
  sim.survives(faults);
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { rows.give_up(); },
                               .abort = [&](IOError) { rows.give_up(); }};
    for (int i = 0; i < 2; ++i) {
      [[maybe_unused]] const auto row = sim.await([&] { return rows.next(); }, options);
    }
  });
  sim.finally("the table is not locked", [&] { return !rows.locked; });
  sim.run();
}

template <class Machine>
void seen_by_machine(Sim& sim) {
  take_two_rows<Machine>(sim, {.errors = true});
}
template <class Machine>
void seen_by_driver(Sim& sim) {
  take_two_rows<Machine>(sim, {.errors = true, .contract = ErrorContract::driver});
}
template <class Machine>
void abandoned(Sim& sim) {
  take_two_rows<Machine>(sim, {.abandons = true});
}

CANARY("errors/early-return", "invariant", seen_by_machine<LeavesEarly>,
       seen_by_machine<AlwaysUnlocks>);
CANARY("errors/aborted-by-driver", "invariant", seen_by_driver<OnlyForgets>,
       seen_by_driver<AlwaysUnlocks>);
CANARY("errors/abandoned", "invariant", abandoned<OnlyForgets>, abandoned<AlwaysUnlocks>);

}  // namespace
}  // namespace reprise::errors::leaked_lock
