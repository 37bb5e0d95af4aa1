// Corpus 44: a commit contains a checkpoint. The driver sees that the checkpoint's I/O has failed
// and aborts the commit, which tidies up its own state and does not tell the checkpoint.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::nested_checkpoint {
namespace {

struct Database {
  File& log;
  File& table;
  bool checkpointing = false;
};

struct Checkpoint {
  enum class State : std::uint8_t { lock, copy };

  Database& database;
  NumberFile table{database.table};
  State state = State::lock;

  IOResult<Unit> run() {
    IOResult<Unit> answer = copy();
    if (!answer.is_io()) abort();
    return answer;
  }
  IOResult<Unit> copy() {
    if (state == State::lock) {
      if (database.checkpointing) return IOError::busy;
      database.checkpointing = true;
      state = State::copy;
    }
    RETURN_IF_IO(table.write(0, 1));
    return Unit{};
  }
  void abort() {
    table.reset();
    if (state != State::lock) database.checkpointing = false;
    state = State::lock;
  }
};

struct Commit {
  enum class State : std::uint8_t { log, checkpoint };

  Database& database;
  NumberFile log{database.log};
  Checkpoint checkpoint{database};
  State state = State::log;

  IOResult<Unit> run() {
    switch (state) {
      case State::log:
        RETURN_IF_IO(log.write(0, 1));
        state = State::checkpoint;
        [[fallthrough]];
      case State::checkpoint: RETURN_IF_IO(checkpoint.run());
    }
    state = State::log;
    return Unit{};
  }
};

struct TidiesUpItself : Commit {
  void abort() {
    log.reset();
    state = State::log;
  }
};

struct TellsTheCheckpoint : Commit {
  void abort() {
    checkpoint.abort();
    log.reset();
    state = State::log;
  }
};

template <class Machine>
void commit_twice(Sim& sim) {
  Database database{sim.open("log"), sim.open("table")};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::driver});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      Machine commit{{database}};
      const AwaitOptions options{.abandon = [&] { commit.abort(); },
                                 .abort = [&](IOError) { commit.abort(); }};
      static_cast<void>(sim.await([&] { return commit.run(); }, options));
    }
  });
  sim.held("checkpoint lock", [&] { return database.checkpointing ? 1 : 0; });
  sim.run();
}

CANARY("corpus/leak/nested-checkpoint", "leak", commit_twice<TidiesUpItself>,
       commit_twice<TellsTheCheckpoint>);

}  // namespace
}  // namespace reprise::corpus::nested_checkpoint
