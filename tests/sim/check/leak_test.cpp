#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

struct LosingReader {
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

struct Rows : LosingReader {
  std::uint64_t locks = 0;
  bool locked_here = false;

  void lock() {
    if (!std::exchange(locked_here, true)) ++locks;
  }
  void unlock() {
    if (std::exchange(locked_here, false)) --locks;
  }
};

struct LeavesRowsEarly : Rows {
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
  Toy toy(take_rows<LeavesRowsEarly>);
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
  Toy toy(take_rows<LeavesRowsEarly>);
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

TEST_CASE("leak: what is held where a task is stuck is left to deadlock") {
  Toy toy([](Sim& sim) {
    CompletionPool pool;
    const Completion never = pool.make();
    sim.task("t", [&] { static_cast<void>(sim.wait(never)); });
    sim.held("lock", [] { return std::uint64_t{1}; });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "deadlock");
}

TEST_CASE("leak: turned off it finds nothing") {
  Toy toy(take_rows<LeavesRowsEarly>);
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

namespace {

/// A lock that forgets whose it is.
struct Lock {
  std::uint64_t held = 0;
};

/// Takes the lock, reads, gives it back, and reads once more; what goes wrong there makes it give
/// the lock back again, unless it has forgotten it.
struct Committer : LosingReader {
  Lock& lock;
  bool forgets = false;
  enum class State : std::uint8_t { start, locked, unlocked } state = State::start;
  bool holds = false;

  IOResult<Unit> steps() {
    if (state == State::start) {
      if (lock.held != 0) IO_YIELD_ONE(Completion::yield());
      lock.held = 1;
      holds = true;
      state = State::locked;
    }
    if (state == State::locked) {
      RETURN_IF_IO(read());
      lock.held = 0;
      if (forgets) holds = false;
      state = State::unlocked;
    }
    RETURN_IF_IO(read());
    return Unit{};
  }
  IOResult<Unit> commit() {
    const IOResult<Unit> answer = steps();
    if (answer.is_io()) return answer;
    if (answer.is_err() && holds) lock.held = 0;
    state = State::start;
    holds = false;
    return answer;
  }
};

void commit_twice(Sim& sim, bool forgets) {
  Lock lock;
  Committer one{{sim.open("a")}, lock, forgets};
  Committer other{{sim.open("b")}, lock, forgets};
  sim.survives({.errors = true});
  sim.task("one", [&] { static_cast<void>(sim.await([&] { return one.commit(); })); });
  sim.task("other", [&] { static_cast<void>(sim.await([&] { return other.commit(); })); });
  sim.held("commit lock", [&] { return lock.held; });
  sim.run();
}

// `one` has unlocked, `other` has locked, and the second read of `one` fails.
Plan second_read_fails() {
  return lazy_plan({{"one/read(a)#2/error", 1}},
                   {"other/steps/Completion::yield()#1/turn", "one/read(a)#2/delivery"});
}

}  // namespace

TEST_CASE("leak: what is given back twice while another holds it is found with both") {
  Toy toy([](Sim& sim) { commit_twice(sim, false); });
  const RunResult result = toy.run(second_read_fails());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "leak toy: commit lock given back twice");
  CHECK(result.finding->message ==
        "\"commit lock\" was released twice: an operation gave back what another holds");
  REQUIRE(result.finding->evidence.size() == 2);
  CHECK(result.finding->evidence[0].starts_with("operation 1 of task `one` took it"));
  CHECK(result.finding->evidence[1].starts_with("operation 1 of task `other` has held it"));
  CHECK(result.finding->places.size() == 2);
}

TEST_CASE("leak: what is forgotten when it is given back is given back once") {
  Toy toy([](Sim& sim) { commit_twice(sim, true); });
  CHECK(found(toy.run(second_read_fails())) == "");
}

TEST_CASE("leak: a task may take in one operation and release in another") {
  Toy toy([](Sim& sim) {
    LosingReader reader{sim.open("t")};
    std::uint64_t held = 0;
    sim.task("client", [&] {
      for (int i = 0; i < 2; ++i) {
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          held = 1;
          return Unit{};
        }));
        static_cast<void>(sim.await([&] { return reader.read(); }));
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          held = 0;
          return Unit{};
        }));
      }
    });
    sim.held("lock", [&] { return held; });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(found(toy.run(sync_plan())) == "");
}

TEST_CASE("leak: what one task takes another may release") {
  Toy toy([](Sim& sim) {
    LosingReader user{sim.open("a")};
    LosingReader writer{sim.open("b")};
    std::uint64_t pins = 0;
    bool is_pinned = false;
    sim.task("user", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!std::exchange(is_pinned, true)) pins += 1;
        return user.read();
      }));
    });
    sim.task("writer", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        RETURN_IF_IO(writer.read());
        if (is_pinned) pins -= 1;
        return Unit{};
      }));
    });
    sim.held("pins", [&] { return pins; });
    sim.run();
  });
  for (const char* const first : {"user/read(a)#1/delivery", "writer/read(b)#1/delivery"}) {
    const bool is_user = first[0] == 'u';
    const char* const second = is_user ? "writer/read(b)#1/delivery" : "user/read(a)#1/delivery";
    const RunResult result = toy.run(lazy_plan({}, {first, second}));
    CHECK(found(result) == "");
    CHECK(result.notes.empty());
  }
}

TEST_CASE("leak: the operation that has something left is to blame and not the first one") {
  Toy toy([](Sim& sim) {
    LosingReader first{sim.open("a")};
    LosingReader second{sim.open("b")};
    std::uint64_t pins = 0;
    bool in_first = false, in_second = false;
    sim.task("first", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!std::exchange(in_first, true)) pins += 1;
        RETURN_IF_IO(first.read());
        pins -= 1;
        return Unit{};
      }));
    });
    sim.task("second", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!std::exchange(in_second, true)) pins += 1;
        RETURN_IF_IO(second.read());
        return Unit{};
      }));
    });
    sim.held("pins", [&] { return pins; });
    sim.run();
  });
  const RunResult result =
      toy.run(lazy_plan({}, {"second/read(b)#1/delivery", "first/read(a)#1/delivery"}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->evidence.front() ==
        "it was taken, and has been held ever since, in operation 1 of task `second`");
}

TEST_CASE("leak: a count below zero is found where it happens") {
  Toy toy([](Sim& sim) {
    std::uint64_t pins = 0;
    sim.task("client", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        pins -= 1;
        return Unit{};
      }));
      pins = 0;
    });
    sim.held("pins", [&] { return pins; });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->message == "\"pins\" was given back though nobody holds it");
}
