// Corpus 59: a statement that fails resets the connection's commit, though the commit is another
// statement's, which is suspended in the middle of it: it begins anew and commits again.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::sibling_reset {
namespace {

enum class Phase : std::uint8_t { none, log, sync };

struct Connection {
  Phase phase = Phase::none;
  std::uint64_t committing = 0;  // the statement that commits, or 0
  std::uint64_t frames = 0;      // in the log
};

struct Statement {
  Connection& connection;
  std::uint64_t number;  // from 1
  NumberFile log;
  NumberFile table;

  IOResult<Unit> commit_steps() {
    switch (connection.phase) {
      case Phase::none:
        connection.committing = number;
        connection.phase = Phase::log;
        [[fallthrough]];
      case Phase::log:
        RETURN_IF_IO(log.write(connection.frames, number));
        connection.frames += 1;
        connection.phase = Phase::sync;
        [[fallthrough]];
      case Phase::sync: RETURN_IF_IO(log.sync());
    }
    return Unit{};
  }
  void end_commit() {
    connection.phase = Phase::none;
    connection.committing = 0;
  }
  void forget_calls() {
    log.reset();
    table.reset();
  }
};

struct ResetsTheConnection : Statement {
  void give_up() {
    forget_calls();
    end_commit();
  }
};

struct ResetsItsOwn : Statement {
  void give_up() {
    forget_calls();
    if (connection.committing == number) end_commit();
  }
};

template <class Machine>
IOResult<Unit> commit(Machine& writer) {
  IOResult<Unit> answer = writer.commit_steps();
  if (!answer.is_io()) writer.give_up();
  return answer;
}

template <class Machine>
IOResult<std::uint64_t> select(Machine& reader) {
  IOResult<std::uint64_t> answer = reader.table.read(reader.number);
  if (answer.is_err()) reader.give_up();
  return answer;
}

template <class Machine>
void select_beside_commit(Sim& sim) {
  File& log = sim.open("log");
  File& table = sim.open("table");
  Connection connection;
  Machine writer{{connection, 1, NumberFile(log), NumberFile(table)}};
  Machine reader{{connection, 2, NumberFile(log), NumberFile(table)}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("writer", [&] {
    static_cast<void>(sim.await(
        [&] { return commit(writer); },
        {.abandon = [&] { writer.give_up(); }, .abort = [&](IOError) { writer.give_up(); }}));
  });
  sim.task("reader", [&] {
    static_cast<void>(sim.await(
        [&] { return select(reader); },
        {.abandon = [&] { reader.give_up(); }, .abort = [&](IOError) { reader.give_up(); }}));
  });
  sim.owned("the phase of the commit", "writer", connection.phase);
  sim.finally("one commit leaves at most one frame", [&] { return connection.frames <= 1; });
  sim.run();
}

CANARY("corpus/clean-up/sibling-reset", "clean-up", select_beside_commit<ResetsTheConnection>,
       select_beside_commit<ResetsItsOwn>);

}  // namespace
}  // namespace reprise::corpus::sibling_reset
