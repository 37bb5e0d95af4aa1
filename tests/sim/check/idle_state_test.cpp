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
  bool locked = false;
  std::vector<int> pages = {};
  std::uint64_t reads = 0;  // stays
  Completion pending = {};

  IOResult<Unit> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    ++reads;
    return Unit{};
  }
  void describe(Archive& archive) const {
    archive("locked", locked);
    archive("pages", pages);
  }
};

struct LeavesEarly : Reader {
  IOResult<Unit> scan() {
    if (!std::exchange(locked, true)) pages.push_back(1);
    RETURN_IF_IO(read());
    reset();
    return Unit{};
  }
  void reset() {
    locked = false;
    pages.clear();
  }
  void drop() { pending = {}; }
};

struct TidiesUp : LeavesEarly {
  IOResult<Unit> scan() {
    IOResult<Unit> answer = LeavesEarly::scan();
    if (!answer.is_io()) reset();
    return answer;
  }
  void drop() {
    pending = {};
    reset();
  }
};

template <class Machine>
void scan(Sim& sim) {
  Machine machine{{{sim.open("f")}}};
  sim.survives({.errors = true, .abandons = true});
  sim.idle("reader", machine);
  const AwaitOptions options{.abandon = [&] { machine.drop(); }};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return machine.scan(); }, options));
    }
  });
  sim.run();
}

const std::vector<PlannedDecision> failing = {{"client/read(f)#1/error", 1}};
const std::vector<PlannedDecision> abandoned = {{"client/read(f)#1/abandon", 1}};

}  // namespace

TEST_CASE("idle-state: what an error leaves in a described machine is found member by member") {
  Toy toy(scan<LeavesEarly>);
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(found(toy.run(lazy_plan())) == "");
  const RunResult result = toy.run(lazy_plan(failing));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "idle-state");
  CHECK(result.finding->signature == "idle-state toy: reader");
  CHECK(result.finding->message ==
        "`reader.locked` is true, was false when the run began, though no operation is under way");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"`reader.pages` is of size 1, was of size 0",
                                 "operation 1 of task `client` ended in Err EIO, after 2 entries; "
                                 "it yielded last at `pending`, in `read` (through scan/read())"});
  CHECK(result.finding->places.size() == 1);
  toy.log(false);
  const RunResult unlogged = toy.run(lazy_plan(failing));
  REQUIRE(unlogged.finding.has_value());
  CHECK(unlogged.finding->signature == result.finding->signature);
}

TEST_CASE("idle-state: what an abandonment leaves in a described machine is found") {
  Toy toy(scan<LeavesEarly>);
  const RunResult result = toy.run(lazy_plan(abandoned));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "idle-state");
  CHECK(result.finding->evidence.back().starts_with(
      "operation 1 of task `client` was abandoned, after 1 entry"));
}

TEST_CASE("idle-state: a described machine that tidies up is as new") {
  Toy toy(scan<TidiesUp>);
  CHECK(found(toy.run(lazy_plan(failing))) == "");
  CHECK(found(toy.run(lazy_plan(abandoned))) == "");
}

TEST_CASE("idle-state: an object without a description is compared by its digest or its bytes") {
  struct Plain {
    std::int32_t a = 0;
    std::int32_t b = 0;
  };
  int number = 0;
  Plain plain;
  int* changed = &number;
  Toy toy([&](Sim& sim) {
    number = 0;
    plain = {};
    sim.idle("number", number);
    sim.idle("plain", plain);
    sim.task("t", [&] {
      sim.yield();
      *changed = 3;
    });
    sim.run();
  });
  const RunResult by_digest = toy.run(lazy_plan());
  REQUIRE(by_digest.finding.has_value());
  CHECK(by_digest.finding->message ==
        "`number` is 3, was 0 when the run began, though no operation is under way");
  changed = &plain.b;
  const RunResult by_bytes = toy.run(lazy_plan());
  REQUIRE(by_bytes.finding.has_value());
  CHECK(by_bytes.finding->message ==
        "`plain` has changed (of size 8) when the run began, though no operation is under way");
}

TEST_CASE("idle-state: nobody looks while an operation or a clean-up is under way") {
  bool put_back = true;
  Toy toy([&](Sim& sim) {
    int state = 0;
    sim.survives({.abandons = true});
    sim.idle("state", state);
    sim.task("a", [&] {
      const AwaitOptions options{.abandon = [&] {
        sim.yield();
        if (put_back) state = 0;
      }};
      static_cast<void>(sim.await(
          [&]() -> IOResult<Unit> {
            if (state == 1) {
              state = 0;
              return Unit{};
            }
            state = 1;
            return Completion::yield();
          },
          options));
    });
    sim.task("b", [&] { sim.yield(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(found(toy.run(lazy_plan({{"a/wait#1/abandon", 1}}))) == "");
  CHECK(toy.missed().none());
  put_back = false;
  CHECK(found(toy.run(lazy_plan({{"a/wait#1/abandon", 1}}))) == "idle-state");
}

TEST_CASE("idle-state: turned off it finds nothing") {
  Toy toy(scan<LeavesEarly>);
  RunOptions options;
  options.checks.off.insert("idle-state");
  CHECK(found(toy.run(lazy_plan(failing), options)) == "");
}
