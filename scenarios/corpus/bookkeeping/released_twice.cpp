// Corpus 58: a commit releases the write lock, and then a checkpoint yields with the connection
// still saying "I am in a write transaction". Dropped there, the clean-up releases the lock again.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::released_twice {
namespace {

enum class Transaction : std::uint8_t { none, write };
enum class State : std::uint8_t { begin, log, checkpoint };

struct WriteLock {
  bool held = false;

  void release() { held = false; }
};

struct Connection {
  NumberFile log;
  NumberFile database;
  WriteLock lock = {};
  Transaction transaction = Transaction::none;
  State state = State::begin;

  void begin() {
    lock.held = true;
    transaction = Transaction::write;
    state = State::log;
  }
  void give_up() {
    log.reset();
    database.reset();
    if (transaction == Transaction::write) lock.release();
    transaction = Transaction::none;
    state = State::begin;
  }
};

struct SaysSoLater : Connection {
  IOResult<Unit> steps(std::uint64_t row) {
    switch (state) {
      case State::begin: begin(); [[fallthrough]];
      case State::log:
        RETURN_IF_IO(log.write(row, row));
        lock.release();
        state = State::checkpoint;
        [[fallthrough]];
      case State::checkpoint:
        RETURN_IF_IO(database.write(row, row));
        transaction = Transaction::none;
    }
    state = State::begin;
    return Unit{};
  }
};

struct SaysSoAtOnce : Connection {
  IOResult<Unit> steps(std::uint64_t row) {
    switch (state) {
      case State::begin: begin(); [[fallthrough]];
      case State::log:
        RETURN_IF_IO(log.write(row, row));
        lock.release();
        transaction = Transaction::none;
        state = State::checkpoint;
        [[fallthrough]];
      case State::checkpoint: RETURN_IF_IO(database.write(row, row));
    }
    state = State::begin;
    return Unit{};
  }
};

template <class Machine>
IOResult<Unit> commit(Machine& connection, std::uint64_t row) {
  IOResult<Unit> answer = connection.steps(row);
  if (answer.is_err()) connection.give_up();
  return answer;
}

template <class Machine>
void commit_twice(Sim& sim) {
  Machine connection{{NumberFile(sim.open("log")), NumberFile(sim.open("database"))}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { connection.give_up(); },
                               .abort = [&](IOError) { connection.give_up(); }};
    for (std::uint64_t row = 1; row <= 2; ++row) {
      static_cast<void>(sim.await([&] { return commit(connection, row); }, options));
    }
  });
  sim.agree(
      "the connection is in a write transaction",
      [&] { return connection.transaction == Transaction::write; },  //
      "the write lock is held", [&] { return connection.lock.held; });
  sim.run();
}

CANARY("corpus/bookkeeping/released-twice", "bookkeeping", commit_twice<SaysSoLater>,
       commit_twice<SaysSoAtOnce>);

}  // namespace
}  // namespace reprise::corpus::released_twice
