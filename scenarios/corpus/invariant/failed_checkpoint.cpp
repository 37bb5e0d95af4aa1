// Corpus 37: a commit is durable once its log is synced, and then checkpoints. When the checkpoint
// fails, the commit is taken back, and its caller told that it has failed.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::failed_checkpoint {
namespace {

enum class State : std::uint8_t { log, sync, checkpoint };

struct Store {
  NumberFile log;
  NumberFile table;
  std::uint64_t durable = 0;  // rows that the log would give back
  std::uint64_t rows = 0;
  State state = State::log;

  // Up to the point of no return.
  IOResult<Unit> write_log(std::uint64_t row) {
    switch (state) {
      case State::log:
        RETURN_IF_IO(log.write(durable, row));
        state = State::sync;
        [[fallthrough]];
      case State::sync:
        RETURN_IF_IO(log.sync());
        durable += 1;
        state = State::checkpoint;
        [[fallthrough]];
      case State::checkpoint: break;
    }
    return Unit{};
  }
  // What was missed is made up for by the next one.
  IOResult<Unit> checkpoint() {
    RETURN_IF_IO(table.write(0, durable));
    return Unit{};
  }
  void roll_back() { state = State::log; }
  Unit publish() {
    rows += 1;
    state = State::log;
    return Unit{};
  }
};

struct TakesItBack : Store {
  IOResult<Unit> commit(std::uint64_t row) {
    IOResult<Unit> answer = write_log(row);
    if (answer.is_done()) answer = checkpoint();
    if (answer.is_io()) return answer;
    if (answer.is_err()) {
      roll_back();
      return answer;
    }
    return publish();
  }
};

struct LetsItStand : Store {
  IOResult<Unit> commit(std::uint64_t row) {
    IOResult<Unit> logged = write_log(row);
    if (logged.is_err()) roll_back();
    if (!logged.is_done()) return logged;
    IOResult<Unit> copied = checkpoint();
    if (copied.is_io()) return copied;
    return publish();
  }
};

template <class Machine>
void commit_two_rows(Sim& sim) {
  Machine store{{NumberFile(sim.open("log")), NumberFile(sim.open("table"))}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t row = 1; row <= 2; ++row) {
      const std::uint64_t before = store.durable;
      const auto outcome = sim.await([&] { return store.commit(row); });
      sim.expect(outcome.ok() == (store.durable > before), "what is durable was committed");
    }
  });
  sim.run();
}

CANARY("corpus/invariant/failed-checkpoint", "invariant", commit_two_rows<TakesItBack>,
       commit_two_rows<LetsItStand>);

}  // namespace
}  // namespace reprise::corpus::failed_checkpoint
