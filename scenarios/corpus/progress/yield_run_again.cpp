// Corpus 76: a commit that finds the lock taken yields without any I/O. Such a yield is finished
// from birth, so the loop that drives all connections runs the same one again, and never the one
// that holds the lock.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::yield_run_again {
namespace {

constexpr std::size_t connections = 2;
constexpr std::uint32_t entries_max = 100;

enum class State : std::uint8_t { lock, write, done };

struct Connection {
  NumberFile log;
  bool& locked;
  State state = State::lock;
  Completion waits_for = {};

  IOResult<Unit> commit() {
    switch (state) {
      case State::lock:
        if (locked) IO_YIELD_ONE(Completion::yield());
        locked = true;
        state = State::write;
        [[fallthrough]];
      case State::write: {
        IOResult<Unit> written = log.write(0, 1);
        if (written.is_io()) return written;
        locked = false;
        state = State::done;
        return written;
      }
      case State::done: break;
    }
    return Unit{};
  }
};

// Drives its connections in turn: one step an entry, and then it waits for what is under way.
struct Loop {
  std::array<Connection, connections> all;
  std::size_t current = 0;

  bool ends() const {
    for (const Connection& connection : all) {
      if (connection.state != State::done) return false;
    }
    return true;
  }
  // Whether the same connection may go on at once.
  bool step() {
    const IOResult<Unit> answer = all[current].commit();
    all[current].waits_for = answer.is_io() ? answer.io().completion() : Completion();
    return answer.is_io() && answer.io().finished();
  }
  void turn_to_the_next() { current = (current + 1) % connections; }
  Completion under_way() const {
    for (const Connection& connection : all) {
      if (connection.waits_for && !connection.waits_for.finished()) return connection.waits_for;
    }
    return Completion::yield();
  }
};

struct RunsTheSameAgain : Loop {
  IOResult<Unit> run() {
    if (ends()) return Unit{};
    if (!step()) turn_to_the_next();
    IO_YIELD_ONE(under_way());
  }
};

struct GoesRound : Loop {
  IOResult<Unit> run() {
    if (ends()) return Unit{};
    step();
    turn_to_the_next();
    IO_YIELD_ONE(under_way());
  }
};

template <class Machine>
void two_commits(Sim& sim) {
  File& file = sim.open("log");
  bool locked = false;
  Machine loop{{{Connection{NumberFile(file), locked}, Connection{NumberFile(file), locked}}}};
  sim.survives({.errors = true, .refusals = true});
  sim.entries_per_operation_max(entries_max);
  sim.task("loop", [&] { static_cast<void>(sim.await([&] { return loop.run(); })); });
  sim.run();
}

CANARY("corpus/progress/yield-run-again", "endless-run", two_commits<RunsTheSameAgain>,
       two_commits<GoesRound>);

}  // namespace
}  // namespace reprise::corpus::yield_run_again
