// A machine that is used again is as new after each operation, whichever way it ended.
#include <reprise/reprise.h>

#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::idle {
namespace {

/// What must be as before when nobody uses the machine.
struct State {
  bool busy = false;
  int step = 0;
};

struct Writer {
  NumberFile file;
  State state = {};
  std::uint64_t written = 0;  // stays

  void drop() {
    file.reset();
    state = {};
  }
};

// --- A flag that stays up after an error ---

struct LeavesFlagUp : Writer {
  IOResult<Unit> write() {
    if (!state.busy) state.busy = true;
    RETURN_IF_IO(file.write(0, 1));  // an error leaves here
    written += 1;
    state.busy = false;
    return Unit{};
  }
};

struct TakesFlagDown : Writer {
  IOResult<Unit> write() {
    if (!state.busy) state.busy = true;
    const IOResult<Unit> answer = write_one();
    if (answer.is_io()) return answer;
    state.busy = false;
    if (answer.is_err()) return answer;
    written += 1;
    return answer;
  }
  IOResult<Unit> write_one() {
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

template <class Machine>
void write_twice(Sim& sim) {
  Machine writer{{NumberFile(sim.open("f"))}};
  sim.survives({.errors = true});
  sim.idle("writer.state", writer.state);
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return writer.write(); }));
  });
  sim.results_depend_on_timing();
  sim.run();
}

CANARY("check/idle-after-error", "idle-state", write_twice<LeavesFlagUp>,
       write_twice<TakesFlagDown>);

// --- Dropped half-way, and only half of it put back ---

struct TwoSteps : Writer {
  IOResult<Unit> write() {
    if (state.step == 0) {
      RETURN_IF_IO(file.write(0, 1));
      state.step = 1;
    }
    RETURN_IF_IO(file.write(1, 1));
    state.step = 0;
    return Unit{};
  }
};

template <bool all>
void drop_some(Sim& sim) {
  TwoSteps writer{{NumberFile(sim.open("f"))}};
  sim.survives({.abandons = true});
  sim.idle("writer.state", writer.state);
  AwaitOptions options;
  options.abandon = [&] {
    if (all) {
      writer.drop();
    } else {
      writer.file.reset();
    }
  };
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(sim.await([&] { return writer.write(); }, options));
    }
  });
  sim.results_depend_on_timing();
  sim.run();
}

CANARY("check/idle-after-abandonment", "idle-state", drop_some<false>, drop_some<true>);

}  // namespace
}  // namespace reprise::watched::idle
