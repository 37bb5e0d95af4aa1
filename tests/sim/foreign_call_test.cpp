#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

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

}  // namespace

TEST_CASE("foreign call: a call that has answered again is made again as it was") {
  CHECK(found(calls_again(3)) == "");
  const RunResult shorter = calls_again(2);
  CHECK(found(shorter) == "invariant");
  REQUIRE(shorter.finding);
  CHECK(shorter.finding->message.find("argument 2 was 3 and is 2") != std::string::npos);
  CHECK(found(calls_again(3, "abd")) == "invariant");
}

TEST_CASE("foreign call: some arguments may grow when the call is made again") {
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
