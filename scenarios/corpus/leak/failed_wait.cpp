// Corpus 43: whoever drives a checkpoint cleans up behind it when a step answers an error. When the
// I/O that a step waits for fails, the driver leaves at once, and the checkpoint keeps its lock.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::failed_wait {
namespace {

struct Database {
  File& file;
  bool checkpointing = false;
};

enum class State : std::uint8_t { lock, copy };

struct Checkpoint {
  Database& database;
  NumberFile table{database.file};
  State state = State::lock;

  IOResult<Unit> step() {
    switch (state) {
      case State::lock:
        if (database.checkpointing) return IOError::busy;
        database.checkpointing = true;
        state = State::copy;
        [[fallthrough]];
      case State::copy: RETURN_IF_IO(table.write(0, 1));
    }
    clean_up();
    return Unit{};
  }
  void clean_up() {
    table.reset();
    if (state != State::lock) database.checkpointing = false;
    state = State::lock;
  }
};

// Waits for what the last step has answered, and takes the next one when that is there.
struct Driver {
  Checkpoint checkpoint;
  Completion waits_for = {};

  IOResult<Unit> step() {
    IOResult<Unit> answer = checkpoint.step();
    if (answer.is_io()) waits_for = answer.io().completion();
    if (answer.is_err()) checkpoint.clean_up();
    return answer;
  }
};

struct LeavesAtOnce : Driver {
  IOResult<Unit> run() {
    if (waits_for && !waits_for.finished()) IO_YIELD_ONE(waits_for);
    if (waits_for && !waits_for.succeeded()) return waits_for.get_error();
    return step();
  }
};

struct TellsTheCheckpoint : Driver {
  IOResult<Unit> run() {
    if (waits_for && !waits_for.finished()) IO_YIELD_ONE(waits_for);
    if (waits_for && !waits_for.succeeded()) {
      checkpoint.clean_up();
      return waits_for.get_error();
    }
    return step();
  }
};

template <class Machine>
void checkpoint_twice(Sim& sim) {
  Database database{sim.open("table")};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      Machine driver{{Checkpoint{database}}};
      static_cast<void>(sim.await([&] { return driver.run(); }));
    }
  });
  sim.held("checkpoint lock", [&] { return database.checkpointing ? 1 : 0; });
  sim.run();
}

CANARY("corpus/leak/failed-wait", "leak", checkpoint_twice<LeavesAtOnce>,
       checkpoint_twice<TellsTheCheckpoint>);

}  // namespace
}  // namespace reprise::corpus::failed_wait
