#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

struct Machine {
  File& file;
  Completion pending = {};
  int state = 0;

  IOResult<Unit> flush() {
    if (!pending) pending = file.sync();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  IOResult<Unit> flush_and_tidy() {
    RETURN_IF_IO(flush());
    return Unit{};
  }

  // The state moves on before the call: what is behind its yield is never done.
  IOResult<Unit> moves_on_first() {
    if (state == 0) {
      state = 1;
      RETURN_IF_IO(flush_and_tidy());
    }
    return Unit{};
  }
  IOResult<Unit> moves_on_after() {
    if (state == 0) {
      RETURN_IF_IO(flush_and_tidy());
      state = 1;
    }
    return Unit{};
  }
  IOResult<Unit> nothing() { return Unit{}; }
  IOResult<Unit> moves_on_before_nothing() {
    if (state == 0) {
      state = 1;
      RETURN_IF_IO(nothing());
    }
    return Unit{};
  }
  IOResult<Unit> fails() {
    RETURN_IF_IO(moves_on_first());
    return IOError::invalid;
  }
  IOResult<Unit> ignores() {
    static_cast<void>(flush());
    return Unit{};
  }
};

using Entry = IOResult<Unit> (Machine::*)();

RunResult entered(Entry entry, const Plan& plan = lazy_plan(), const Faults& faults = {},
                  RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    sim.survives(faults);
    Machine machine{sim.open("f")};
    const AwaitOptions await{.abandon = [&] { machine.pending = {}; }};
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return (machine.*entry)(); }, await)); });
    sim.run();
  });
  RunResult result = toy.run(plan, options);
  CHECK(toy.missed().decisions.empty());
  return result;
}

std::string signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

std::vector<std::string> notes_of(const RunResult& result) {
  std::vector<std::string> notes;
  for (const Finding& note : result.notes) notes.push_back(note.signature);
  return notes;
}

}  // namespace

TEST_CASE("lost-callee: an answer that nobody looks at is found") {
  const RunResult result = entered(&Machine::ignores);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "lost-callee");
  CHECK(result.finding->signature == "lost-callee toy: ignored from flush");
  CHECK(result.finding->message ==
        "an IO answer was ignored: a call had not come to its end, and its caller went on as if it "
        "had");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"task `t`, entry 1", "the call waits for `sync(f)#1`",
                                 "nobody asked is_done() or is_io() of its answer"});
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "the IO that went up from here was ignored");
}

TEST_CASE("lost-callee: to ask for an error is not to ask whether it is IO") {
  Toy toy([](Sim& sim) {
    Machine machine{sim.open("f")};
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        const IOError error = machine.flush().error();
        return error == IOError::none ? IOResult<Unit>(Unit{}) : IOResult<Unit>(error);
      }));
    });
    sim.run();
  });
  CHECK(signature_of(toy.run(lazy_plan())) == "lost-callee toy: ignored from flush");
  CHECK(signature_of(toy.run(sync_plan())) == "");
}

TEST_CASE("lost-callee: an answer that is overwritten is found and one that is asked is not") {
  const auto overwritten = [](bool asks) {
    Toy toy([asks](Sim& sim) {
      Machine one{sim.open("f")}, other{sim.open("g")};
      sim.task("t", [&] {
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          IOResult<Unit> answer = one.flush();
          if (asks && answer.is_io()) return answer;
          answer = other.flush();
          if (!answer.is_done()) return std::move(answer).not_done();
          return answer;
        }));
      });
      sim.run();
    });
    return signature_of(toy.run(lazy_plan()));
  };
  CHECK(overwritten(false) == "lost-callee toy: ignored from flush");
  CHECK(overwritten(true) == "");
}

TEST_CASE("lost-callee: answers that are handed on are asked by who gets them") {
  Toy toy([](Sim& sim) {
    sim.survives({.yields_before_calls = true});
    Machine machine{sim.open("f")};
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        IOResult<Unit> answer = machine.moves_on_after();
        IOResult<Unit> moved = std::move(answer);
        IOResult<Unit> copied = moved;
        return copied;
      }));
    });
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const RunResult result = toy.run(*random_of(seed, "chaos"));
    CHECK(signature_of(result) == "");
    CHECK(result.notes.empty());
  }
}

TEST_CASE("lost-callee: an answer that an exception destroys is left to the exception") {
  Toy toy([](Sim& sim) {
    Machine machine{sim.open("f")};
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        const IOResult<Unit> answer = machine.flush();
        throw 1;
      }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "crash");
}

TEST_CASE("lost-callee: a call that yielded and was not made again is a note of the outermost") {
  const RunResult result = entered(&Machine::moves_on_first);
  CHECK(signature_of(result) == "");
  REQUIRE(notes_of(result) ==
          std::vector<std::string>{"lost-callee toy: moves_on_first/flush_and_tidy()"});
  const Finding& note = result.notes[0];
  CHECK(note.message ==
        "`flush_and_tidy()` in `moves_on_first` answered IO and was never called again, though the "
        "operation said Done");
  CHECK(note.evidence == std::vector<std::string>{"task `t`",
                                                  "entry 1: `flush_and_tidy()` answers IO",
                                                  "entry 2: the operation says Done"});
  REQUIRE(note.places.size() == 1);
  CHECK(note.places[0].note == "answered IO in entry 1");
}

TEST_CASE("lost-callee: under the strict contract it is an error") {
  CHECK(
      signature_of(entered(&Machine::moves_on_first, lazy_plan(), {.yields_before_calls = true})) ==
      "lost-callee toy: moves_on_first/flush_and_tidy()");
}

TEST_CASE("lost-callee: a call that was not made yet is not lost but one before it is") {
  // The yield before the second call of flush_and_tidy() hides nothing of the first.
  const Plan plan = lazy_plan({{"t/moves_on_after/flush_and_tidy()/before#2/yield-before", 1}});
  const RunResult result = entered(&Machine::moves_on_after, plan, {.yields_before_calls = true});
  CHECK(signature_of(result) == "");
  CHECK(result.notes.empty());
}

TEST_CASE("lost-callee: calls that are made again are sound") {
  const RunResult result = entered(&Machine::moves_on_after);
  CHECK(signature_of(result) == "");
  CHECK(result.notes.empty());
}

TEST_CASE("lost-callee: an operation that fails or is abandoned loses what it likes") {
  const RunResult failed = entered(&Machine::fails);
  CHECK(failed.notes.empty());
  const RunResult abandoned =
      entered(&Machine::moves_on_after, lazy_plan({{"t/sync(f)#1/abandon", 1}}),
              {.abandons = true, .yields_before_calls = true});
  CHECK(signature_of(abandoned) == "");
  CHECK(abandoned.notes.empty());
}

TEST_CASE("lost-callee: a callee that had said Done is not lost when our own yield is dropped") {
  const Plan plan = sync_plan({{"t/moves_on_before_nothing/nothing()#1/yield", 1}});
  const RunResult result =
      entered(&Machine::moves_on_before_nothing, plan, {.yields_before_calls = true});
  CHECK(signature_of(result) == "");
  CHECK(result.notes.empty());
}

TEST_CASE("lost-callee: where it is off nothing is found") {
  RunOptions options;
  options.checks.off = {"lost-callee"};
  CHECK(signature_of(entered(&Machine::ignores, lazy_plan(), {}, options)) == "");
  CHECK(entered(&Machine::moves_on_first, lazy_plan(), {}, options).notes.empty());
}
