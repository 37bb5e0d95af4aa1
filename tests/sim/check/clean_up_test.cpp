#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What both tasks use.
struct Shared {
  int phase = 0;
  int writers = 0;

  void describe(Archive& archive) const {
    archive("phase", phase);
    archive("writers", writers);
  }
};

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

/// Two tasks; what `b` does on its bad ways out is the test's.
struct TwoTasks {
  enum class Resets : std::uint8_t { nothing, shared, late };
  Resets resets = Resets::nothing;
  bool a_goes_on = false;  // changes its own state while the other cleans up
  std::string owner = "a";
  Toy toy{[this](Sim& sim) { run(sim); }};

  void run(Sim& sim) {
    Shared shared;
    Reader a{sim.open("fa")};
    Reader b{sim.open("fb")};
    sim.survives({.errors = true, .abandons = true, .contract = ErrorContract::either});
    sim.owned("shared", owner, shared);
    const auto clean_up = [&] {
      b.pending = {};
      if (resets == Resets::late) sim.yield();
      if (resets != Resets::nothing) shared.phase = 0;
    };
    const AwaitOptions options{.abandon = clean_up, .abort = [&](IOError) { clean_up(); }};
    const auto use = [&]() -> IOResult<Unit> {
      if (shared.phase == 0) shared.phase = 1;
      if (a_goes_on && a.pending && a.pending.finished()) shared.phase = 2;
      RETURN_IF_IO(a.read());
      return Unit{};
    };
    const auto fail = [&]() -> IOResult<Unit> {
      IOResult<Unit> answer = b.read();
      if (answer.is_err() && resets != Resets::nothing) shared.phase = 0;
      return answer;
    };
    sim.task("a", [&] { static_cast<void>(sim.await(use)); });
    sim.task("b", [&] { static_cast<void>(sim.await(fail, options)); });
    sim.run();
  }
};

const std::vector<std::string> b_first = {"a#1/turn", "b#1/turn", "b/read(fb)#1/delivery",
                                          "b/read(fb)#1/turn", "a/read(fa)#1/delivery"};

}  // namespace

TEST_CASE("clean-up: an entry that ends in an error and resets what another uses is found") {
  TwoTasks two;
  two.resets = TwoTasks::Resets::shared;
  CHECK(found(two.toy.run(lazy_plan())) == "");
  const RunResult result = two.toy.run(lazy_plan({{"b/read(fb)#1/error", 1}}, b_first));
  REQUIRE(result.finding.has_value());
  CHECK(two.toy.missed().none());
  CHECK(result.finding->check == "clean-up");
  CHECK(result.finding->signature == "clean-up toy: shared");
  CHECK(result.finding->message ==
        "`shared.phase` is 0, was 1, through the error of another task's operation");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "it belongs to operation 1 of task `a`: in entry 1, which yielded at `pending`, in "
            "`read` (through operator()/a.read()), and waits for a/read(fa)#1",
            "it was changed by operation 1 of task `b`, which ended in Err EIO, after 2 entries"});
  CHECK(result.finding->places.size() == 2);
}

TEST_CASE("clean-up: an abandonment that resets what another uses is found") {
  TwoTasks two;
  two.resets = TwoTasks::Resets::shared;
  const RunResult result = two.toy.run(lazy_plan({{"b/read(fb)#1/abandon", 1}}));
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->message ==
        "`shared.phase` is 0, was 1, through the clean-up behind another task's operation");
  CHECK(result.finding->evidence.back() ==
        "it was changed by operation 1 of task `b`, which was abandoned, after 1 entry");
}

TEST_CASE("clean-up: an abort that resets what another uses is found") {
  TwoTasks two;
  two.resets = TwoTasks::Resets::shared;
  const RunResult result =
      two.toy.run(lazy_plan({{"world#1/contract", 1}, {"b/read(fb)#1/error", 1}}, b_first));
  CHECK(found(result) == "clean-up");
}

TEST_CASE("clean-up: what it does after an await of its own is found too") {
  TwoTasks two;
  two.resets = TwoTasks::Resets::late;
  CHECK(found(two.toy.run(lazy_plan(
            {{"b/read(fb)#1/abandon", 1}},
            {"a#1/turn", "b#1/turn", "b/wait#1/turn", "a/read(fa)#1/delivery"}))) == "clean-up");
  CHECK(two.toy.missed().none());
}

TEST_CASE("clean-up: what the owner changes while another cleans up is its own") {
  TwoTasks two;
  two.a_goes_on = true;
  CHECK(found(two.toy.run(lazy_plan({{"b/read(fb)#1/abandon", 1}}))) == "");
  two.resets = TwoTasks::Resets::late;
  const Plan owner_ends_first = lazy_plan(
      {{"b/read(fb)#1/abandon", 1}},
      {"a#1/turn", "b#1/turn", "a/read(fa)#1/delivery", "a/read(fa)#1/turn", "b/wait#1/turn"});
  CHECK(found(two.toy.run(owner_ends_first)) == "");
  CHECK(two.toy.missed().none());
}

TEST_CASE("clean-up: who leaves it alone is clean on each way out") {
  TwoTasks two;
  CHECK(found(two.toy.run(lazy_plan({{"b/read(fb)#1/error", 1}}, b_first))) == "");
  CHECK(found(two.toy.run(lazy_plan({{"b/read(fb)#1/abandon", 1}}))) == "");
  CHECK(found(two.toy.run(
            lazy_plan({{"world#1/contract", 1}, {"b/read(fb)#1/error", 1}}, b_first))) == "");
}

TEST_CASE("clean-up: an owner that no task is called is a mistake of the scenario") {
  TwoTasks two;
  two.owner = "nobody";
  const RunResult result = two.toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "invariant");
  CHECK(result.finding->message ==
        "sim.owned() says that `shared` belongs to the task `nobody`, but no task has that name");
}

TEST_CASE("clean-up: turned off it finds nothing") {
  TwoTasks two;
  two.resets = TwoTasks::Resets::shared;
  RunOptions options;
  options.checks.off.insert("clean-up");
  CHECK(found(two.toy.run(lazy_plan({{"b/read(fb)#1/error", 1}}, b_first), options)) == "");
}
