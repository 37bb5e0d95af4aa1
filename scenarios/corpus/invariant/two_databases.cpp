// Corpus 56: a transaction over two databases is dropped while one of them commits. The clean-up
// rolls back that one alone; the rows of the other wait there for whoever commits next.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::two_databases {
namespace {

struct Database {
  NumberFile log;
  std::vector<std::uint64_t> written = {};  // by the open transaction
  std::vector<std::uint64_t> rows = {};

  void publish() {
    rows.insert(rows.end(), written.begin(), written.end());
    written.clear();
  }
  void roll_back() {
    log.reset();
    written.clear();
  }
};

enum class State : std::uint8_t { idle, log_main, log_attached };

struct Connection {
  Database main;
  Database attached;
  State state = State::idle;

  void insert(std::uint64_t row) {
    main.written.push_back(row);
    attached.written.push_back(row);
  }
  IOResult<Unit> log_both(std::uint64_t row) {
    switch (state) {
      case State::idle: state = State::log_main; [[fallthrough]];
      case State::log_main:
        RETURN_IF_IO(main.log.write(row, row));
        state = State::log_attached;
        [[fallthrough]];
      case State::log_attached: RETURN_IF_IO(attached.log.write(row, row));
    }
    main.publish();
    attached.publish();
    state = State::idle;
    return Unit{};
  }
};

struct RollsBackTheLiveOne : Connection {
  void give_up() {
    if (state == State::log_main) main.roll_back();
    if (state == State::log_attached) attached.roll_back();
    state = State::idle;
  }
};

struct RollsBackBoth : Connection {
  void give_up() {
    main.roll_back();
    attached.roll_back();
    state = State::idle;
  }
};

template <class Machine>
IOResult<Unit> commit(Machine& connection, std::uint64_t row) {
  IOResult<Unit> answer = connection.log_both(row);
  if (answer.is_err()) connection.give_up();
  return answer;
}

template <class Machine>
void two_transactions(Sim& sim) {
  Machine connection{{{NumberFile(sim.open("main"))}, {NumberFile(sim.open("attached"))}}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { connection.give_up(); },
                               .abort = [&](IOError) { connection.give_up(); }};
    for (std::uint64_t row = 1; row <= 2; ++row) {
      connection.insert(row);
      static_cast<void>(sim.await([&] { return commit(connection, row); }, options));
    }
  });
  sim.finally("both databases have the same rows",
              [&] { return connection.main.rows == connection.attached.rows; });
  sim.run();
}

CANARY("corpus/invariant/two-databases", "invariant", two_transactions<RollsBackTheLiveOne>,
       two_transactions<RollsBackBoth>);

}  // namespace
}  // namespace reprise::corpus::two_databases
