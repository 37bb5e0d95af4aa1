// Corpus 62: a statement of several steps is dropped half-way within a transaction, and the commit
// that follows makes the half of it lasting.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::half_statement {
namespace {

using Rows = std::vector<std::uint64_t>;
enum class State : std::uint8_t { table, index };

struct Session {
  NumberFile pages;
  NumberFile log;
  Rows table = {};  // with what the open transaction has written
  Rows index = {};
  Rows committed_table = {};
  Rows committed_index = {};
  bool must_roll_back = false;
  State state = State::table;

  IOResult<Unit> insert_steps(std::uint64_t row) {
    switch (state) {
      case State::table:
        RETURN_IF_IO(pages.read(row));
        table.push_back(row);
        state = State::index;
        [[fallthrough]];
      case State::index: RETURN_IF_IO(pages.read(100 + row));
    }
    index.push_back(row);
    state = State::table;
    return Unit{};
  }
  void roll_back() {
    table = committed_table;
    index = committed_index;
    must_roll_back = false;
  }
  IOResult<Unit> commit() {
    IOResult<Unit> logged = must_roll_back ? IOError::cancelled : log.write(table.size(), 1);
    if (logged.is_err()) give_up_commit();
    if (logged.is_done()) {
      committed_table = table;
      committed_index = index;
    }
    return logged;
  }
  void give_up_commit() {
    log.reset();
    roll_back();
  }
};

struct KeepsTheHalf : Session {
  void give_up_insert() {
    pages.reset();
    state = State::table;
  }
};

struct SpoilsTheTransaction : Session {
  void give_up_insert() {
    pages.reset();
    must_roll_back = true;
    state = State::table;
  }
};

template <class Machine>
IOResult<Unit> insert(Machine& session, std::uint64_t row) {
  IOResult<Unit> answer = session.insert_steps(row);
  if (answer.is_err()) session.give_up_insert();
  return answer;
}

template <class Machine>
void insert_and_commit(Sim& sim) {
  Machine session{{NumberFile(sim.open("pages")), NumberFile(sim.open("log"))}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    static_cast<void>(sim.await([&] { return insert(session, 1); },
                                {.abandon = [&] { session.give_up_insert(); },
                                 .abort = [&](IOError) { session.give_up_insert(); }}));
    static_cast<void>(sim.await([&] { return session.commit(); },
                                {.abandon = [&] { session.give_up_commit(); },
                                 .abort = [&](IOError) { session.give_up_commit(); }}));
  });
  sim.finally("what is committed is in the table and in the index",
              [&] { return session.committed_table == session.committed_index; });
  sim.run();
}

CANARY("corpus/invariant/half-statement", "invariant", insert_and_commit<KeepsTheHalf>,
       insert_and_commit<SpoilsTheTransaction>);

}  // namespace
}  // namespace reprise::corpus::half_statement
