#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

struct Reader {
  File& file;
  Completion pending = {};

  IOResult<Unit> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct Rows : Reader {
  std::uint64_t locks = 0;
  bool locked_here = false;

  void lock() {
    if (!std::exchange(locked_here, true)) ++locks;
  }
  void unlock() {
    if (std::exchange(locked_here, false)) --locks;
  }
};

struct LeavesEarly : Rows {
  IOResult<Unit> next() {
    lock();
    RETURN_IF_IO(read());
    unlock();
    return Unit{};
  }
  void give_up() {
    pending = {};
    locked_here = false;
  }
};

struct AlwaysUnlocks : Rows {
  IOResult<Unit> next() {
    lock();
    const IOResult<Unit> answer = read();
    if (!answer.is_io()) unlock();
    return answer;
  }
  void give_up() {
    pending = {};
    unlock();
  }
};

template <class Machine>
void take_rows(Sim& sim) {
  Machine rows{{{sim.open("t")}}};
  sim.survives({.errors = true, .abandons = true, .contract = ErrorContract::either});
  const AwaitOptions options{.abandon = [&] { rows.give_up(); },
                             .abort = [&](IOError) { rows.give_up(); }};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return rows.next(); }, options));
      rows.locked_here = false;
    }
  });
  sim.held("table lock", [&] { return rows.locks; });
  sim.run();
}

std::vector<std::string> evidence_of(Toy& toy, const Plan& plan) {
  const RunResult result = toy.run(plan);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "leak toy: table lock");
  CHECK(toy.missed().none());
  return result.finding->evidence;
}

}  // namespace

TEST_CASE("leak: a lock that an error leaves behind is found with the operation that took it") {
  Toy toy(take_rows<LeavesEarly>);
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(found(toy.run(lazy_plan())) == "");
  const Plan plan = lazy_plan({{"client/read(t)#2/error", 1}});
  CHECK(evidence_of(toy, plan) ==
        std::vector<std::string>{
            "it was taken, and has been held ever since, in operation 2 of task `client`",
            "that ended in Err EIO after 2 entries",
            "it yielded last at `pending`, in `read` (through next/read())"});
  const RunResult result = toy.run(plan);
  CHECK(result.finding->check == "leak");
  CHECK(result.finding->message == "\"table lock\" is still held at the end: 1");
  CHECK(result.finding->places.size() == 1);
}

TEST_CASE("leak: an operation that was abandoned or aborted is named as such") {
  Toy toy(take_rows<LeavesEarly>);
  CHECK(evidence_of(toy, lazy_plan({{"client/read(t)#1/abandon", 1}}))[1] ==
        "that was abandoned after 1 entry");
  CHECK(evidence_of(toy, lazy_plan({{"world#1/contract", 1}, {"client/read(t)#1/error", 1}}))[1] ==
        "that was aborted (EIO) after 1 entry");
}

TEST_CASE("leak: what is given back on each way out is no leak") {
  Toy toy(take_rows<AlwaysUnlocks>);
  CHECK(found(toy.run(lazy_plan({{"client/read(t)#1/error", 1}}))) == "");
  CHECK(found(toy.run(lazy_plan({{"client/read(t)#1/abandon", 1}}))) == "");
  CHECK(found(toy.run(lazy_plan({{"world#1/contract", 1}, {"client/read(t)#2/error", 1}}))) == "");
}

TEST_CASE("leak: what is held where a task is stuck is left to progress") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    sim.task("t", [&] { static_cast<void>(sim.wait(never)); });
    sim.held("lock", [] { return std::uint64_t{1}; });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "progress");
}

TEST_CASE("leak: turned off it finds nothing") {
  Toy toy(take_rows<LeavesEarly>);
  RunOptions options;
  options.checks.off.insert("leak");
  CHECK(found(toy.run(lazy_plan({{"client/read(t)#2/error", 1}}), options)) == "");
}

TEST_CASE("leak: a completion that somebody holds when the scenario is over is found") {
  std::vector<Completion> kept;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 2; ++i) {
        const Completion read = file.pread(0, Buffer::allocate(8));
        if (i == 1) kept.push_back(read);
        static_cast<void>(sim.wait(read));
      }
    });
    sim.run();
  });
  for (const bool logged : {true, false}) {
    CAPTURE(logged);
    toy.log(logged);
    const RunResult result = toy.run(lazy_plan());
    REQUIRE(result.finding.has_value());
    CHECK(result.finding->signature == "leak toy: completions");
    CHECK(result.finding->message ==
          "1 completion is still held by somebody, though the scenario is over");
    CHECK(result.finding->evidence ==
          (logged ? std::vector<std::string>{"of t/read(f)#2"} : std::vector<std::string>{}));
  }
}

TEST_CASE("leak: completions are counted anew in each run") {
  std::vector<Completion> kept;
  bool keep = true;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Completion read = file.pread(0, Buffer::allocate(8));
      if (keep) kept.push_back(read);
      static_cast<void>(sim.wait(read));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "leak");
  keep = false;
  CHECK(found(toy.run(lazy_plan())) == "");
  kept.clear();
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("leak: a run with another finding is left alone") {
  std::vector<Completion> kept;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      kept.push_back(file.pread(0, Buffer::allocate(8)));
      static_cast<void>(sim.wait(kept.back()));
      sim.expect(false, "something else");
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "invariant");
}
