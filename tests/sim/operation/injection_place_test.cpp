// Where a yield may be injected: behind calls that have done nothing.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What a call may do before it says Done.
enum class Work { nothing, submits, lets_go, copies, changes, finishes };

/// How many decisions of a plan, which asks for a yield behind the call, were not met.
std::size_t not_injected(Work work) {
  Toy toy([work](Sim& sim) {
    File& file = sim.open("f");
    Completion held = file.pread(0, Buffer::allocate(1));
    CompletionPool pool;
    const Completion wake = pool.make();
    Tracked<int> count{"count", 0};
    const auto call = [&]() -> IOResult<Unit> {
      if (work == Work::submits) static_cast<void>(file.sync());
      if (work == Work::lets_go) held = {};
      if (work == Work::copies) static_cast<void>(Completion(held));
      if (work == Work::changes) count += 1;
      if (work == Work::finishes) wake.finish(0);
      return Unit{};
    };
    const auto step = [&]() -> IOResult<Unit> {
      RETURN_IF_IO(call());
      return Unit{};
    };
    sim.task("t", [&] { sim.expect(sim.await(step).ok(), "it is done"); });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/operator()/call()#1/yield", 1}}))) == "");
  return toy.missed().decisions.size();
}

}  // namespace

TEST_CASE("injection: a yield stands only behind a call that has done nothing") {
  CHECK(not_injected(Work::nothing) == 0);
  CHECK(not_injected(Work::copies) == 0);
  CHECK(not_injected(Work::submits) == 1);
  CHECK(not_injected(Work::lets_go) == 1);
  CHECK(not_injected(Work::changes) == 1);
  CHECK(not_injected(Work::finishes) == 1);
}

TEST_CASE("injection: a value is not handed to another pass of a loop") {
  struct Number {
    IOResult<int> digit(int i) { return i; }
    IOResult<int> step() {
      int sum = 0;
      for (int i = 1; i <= 2; ++i) sum = sum * 10 + RETURN_IF_IO(digit(i));
      return sum;
    }
  };
  for (const char* const pass : {"1", "2"}) {
    Toy toy([](Sim& sim) {
      Number number;
      sim.task("t", [&] { sim.expect_eq(sim.await([&] { return number.step(); }), 12); });
      sim.run();
    });
    const Plan plan = sync_plan({{std::string("t/step/digit(i)#") + pass + "/yield", 1u}});
    CHECK(found(toy.run(plan)) == "");
    CHECK(toy.missed().none() == (std::string(pass) == "1"));
  }
}
