#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

RunResult calls_again(std::size_t size_again, std::string_view bytes_again = "abc") {
  Toy toy([=](Sim& sim) {
    sim.task("t", [&] {
      sim.same_arguments_again("send", true, {std::string_view("abc"), std::size_t{3}});
      sim.same_arguments_again("other", false, {1});
      sim.same_arguments_again("send", false, {bytes_again, size_again});
      sim.same_arguments_again("send", false, {std::string_view("x"), std::size_t{1}});
    });
    sim.run();
  });
  return toy.run(sync_plan());
}

/// What is found where call_again() makes a call twice, with these sizes and, in between, waits.
RunResult call_twice(std::size_t size, std::size_t size_again) {
  Toy toy([=](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&, again = size_again] {
      int calls = 0;
      const auto classify = [&](int) {
        Again said = ++calls == 1 ? Again::when(file.sync()) : Again::no();
        return std::move(said).same_arguments("send", {at_least_again(calls == 1 ? size : again)});
      };
      static_cast<void>(sim.await_again([] { return 0; }, classify));
    });
    sim.run();
  });
  return toy.run(sync_plan());
}

}  // namespace

TEST_CASE("repeated call: what call_again() is told of its arguments is verified") {
  CHECK(found(call_twice(3, 4)) == "");
  const RunResult shorter = call_twice(3, 2);
  CHECK(found(shorter) == "invariant");
  REQUIRE(shorter.finding);
  CHECK(shorter.finding->message ==
        "expected: `send`, which has answered \"again\", to be called with the same: argument 1 "
        "was 3 and is 2");
}

TEST_CASE("repeated call: no yield is injected behind a call that has done its work") {
  // The library has given what it had; the world knows nothing of that.
  Profile profile = *built_in_profile("calm");
  profile.rate(DecisionKind::yield) = {1, 1};
  const auto random = make_random_strategy(profile);
  int left = 0;
  Toy toy([&](Sim& sim) {
    left = 10;
    sim.task("t", [&] {
      const auto machine = [&]() -> IOResult<Unit> {
        const int got =
            RETURN_IF_IO(call_again([&] { return left--; }, [](int) { return Again::no(); }));
        sim.expect_eq(got, 10);
        return Unit{};
      };
      static_cast<void>(sim.await(machine));
    });
    sim.run();
  });
  CHECK(found(toy.run(*random)) == "");
  CHECK(left == 9);
}

TEST_CASE("repeated call: a call that has answered again is made again as it was") {
  CHECK(found(calls_again(3)) == "");
  const RunResult shorter = calls_again(2);
  CHECK(found(shorter) == "invariant");
  REQUIRE(shorter.finding);
  CHECK(shorter.finding->message.find("argument 2 was 3 and is 2") != std::string::npos);
  CHECK(found(calls_again(3, "abd")) == "invariant");
}

TEST_CASE("repeated call: some arguments may grow when the call is made again") {
  const auto found_again = [](std::size_t size, std::string_view bytes) {
    Toy toy([=](Sim& sim) {
      sim.task("t", [&] {
        sim.same_arguments_again("send", true, {at_least_again(3), same_prefix_again("abc")});
        sim.same_arguments_again("send", false, {at_least_again(size), same_prefix_again(bytes)});
      });
      sim.run();
    });
    return found(toy.run(sync_plan()));
  };
  CHECK(found_again(3, "abc") == "");
  CHECK(found_again(5, "abcde") == "");
  CHECK(found_again(2, "abc") == "invariant");
  CHECK(found_again(3, "abd") == "invariant");
  CHECK(found_again(3, "ab") == "invariant");
}
