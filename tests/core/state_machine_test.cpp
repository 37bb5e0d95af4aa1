#include <reprise/core/await.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/state_machine.h>

#include "tests/support/death.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace reprise;
using reprise::tests::death_of;

namespace {

// Counts to three in one entry, waits, then ends as it is told.
struct Count {
  Completion io;
  IOError error = IOError::none;
  int steps = 0;
  bool waited = false;

  Transition<std::string> step() {
    if (++steps < 3) return Continue{};
    if (!waited) {
      waited = true;
      return io;
    }
    if (error != IOError::none) return error;
    return "done";
  }
};

struct Outer {
  StateMachine<Count> inner;
  Transition<int> step() {
    const std::string said = RETURN_IF_IO(inner.step());
    return static_cast<int>(said.size());
  }
};

struct MoveOnly {
  std::unique_ptr<int> value = std::make_unique<int>(5);
  Transition<std::unique_ptr<int>> step() { return std::move(value); }
};

}  // namespace

TEST_CASE("state machine: it goes on until there is an answer") {
  CompletionPool pool;
  StateMachine<Count> machine{Count{pool.make()}};
  CHECK(machine.step().is_io());
  CHECK(machine.state().steps == 3);
  CHECK_FALSE(machine.finalized());
  CHECK(machine.step().value() == "done");
  CHECK(machine.finalized());
}

TEST_CASE("state machine: an error ends it") {
  CompletionPool pool;
  StateMachine<Count> machine{Count{pool.make(), IOError::io}};
  CHECK(machine.step().is_io());
  CHECK(machine.step().error() == IOError::io);
  CHECK(machine.finalized());
}

TEST_CASE("state machine: one that has ended is not stepped") {
  StateMachine<Count> machine{Count{{}, IOError::none, 3, true}};
  CHECK(machine.step().is_done());
  CHECK(death_of([&] { static_cast<void>(machine.step()); }) == doctest::Contains("has ended"));
}

TEST_CASE("state machine: reset begins again") {
  CompletionPool pool;
  StateMachine<Count> machine{Count{{}, IOError::none, 3, true}};
  CHECK(machine.step().is_done());
  machine.reset(Count{pool.make()});
  CHECK_FALSE(machine.finalized());
  CHECK(machine.step().is_io());
  machine.reset();
  CHECK(std::as_const(machine).state().steps == 0);
}

TEST_CASE("state machine: one awaits another") {
  CompletionPool pool;
  StateMachine<Outer> machine{Outer{StateMachine<Count>{Count{pool.make()}}}};
  CHECK(machine.step().is_io());
  CHECK(machine.step().value() == 4);
}

TEST_CASE("state machine: its value may be one that only moves") {
  StateMachine<MoveOnly> machine;
  CHECK(*machine.step().value() == 5);
}

TEST_CASE("transition: only Continue continues") {
  CHECK(Transition<int>(Continue{}).continues());
  CHECK_FALSE(Transition<int>(3).continues());
  CHECK_FALSE(Transition<int>(IOError::io).continues());
  CHECK(Transition<int>(IOResult<int>(3)).answer().value() == 3);
}
