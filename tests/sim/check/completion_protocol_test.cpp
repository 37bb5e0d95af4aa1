#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What is found when a device of the scenario's own answers a completion of at most ten bytes.
std::string answered(const std::function<void(const Completion&)>& answer) {
  Toy toy([&](Sim& sim) {
    CompletionPool pool;
    const Completion completion = pool.make({}, nullptr, 0, 10);
    sim.task("t", [&] { answer(completion); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("completion-protocol: finishing once is sound") {
  CHECK(answered([](const Completion& one) { one.finish(10); }) == "");
  CHECK(answered([](const Completion& one) { one.fail(IOError::io); }) == "");
}

TEST_CASE("completion-protocol: finishing twice is found") {
  const std::string expected = "completion-protocol toy: finished twice";
  CHECK(answered([](const Completion& one) {
          one.finish(10);
          one.finish(10);
        }) == expected);
  CHECK(answered([](const Completion& one) {
          one.finish(10);
          one.fail(IOError::io);
        }) == expected);
}

TEST_CASE("completion-protocol: more bytes than were asked for are found") {
  CHECK(answered([](const Completion& one) { one.finish(11); }) ==
        "completion-protocol toy: more bytes than asked");
}

TEST_CASE("completion-protocol: the simulated device keeps to it under every fault") {
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.errors = faults.refusals = faults.retries = faults.short_io = faults.cancels = true;
    sim.survives(faults);
    File& file = sim.open("f");
    sim.task("t", [&] {
      for (int i = 0; i < 8; ++i) {
        const Buffer buffer = Buffer::allocate(1000);
        CompletionGroup group;
        group.add(file.pwrite(0, buffer));
        group.add(file.pread(500, Buffer::allocate(1000)));
        group.add(file.sync());
        const Completion all = group.build();
        if (sim.flip("cancel")) all.cancel();
        static_cast<void>(sim.wait(all));
      }
    });
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    REQUIRE(found(toy.run(*random_of(seed, "chaos"))) == "");
  }
}
