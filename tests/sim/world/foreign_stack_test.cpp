// Code that blocks and must not be unwound, within a task.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Counts how often it is destroyed.
struct Counted {
  int& destroyed;
  ~Counted() { ++destroyed; }
};

/// How a C library reads: into memory of its own, and blocking.
Result<std::uint64_t> read_one(Sim& sim, File& file, std::byte* to) {
  return sim.block(file.pread(0, Buffer::borrow({to, 1})));
}

}  // namespace

TEST_CASE("foreign code: it blocks until its I/O has finished while other tasks run") {
  int others = 0, others_then = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.write_file("f", "x");
    sim.task("blocks", [&] {
      std::byte byte{};
      const auto bytes = sim.foreign([&] { return read_one(sim, file, &byte); });
      sim.expect_eq(bytes.value(), 1u);
      sim.expect(byte == std::byte{'x'}, "the byte that is there");
      others_then = others;
    });
    sim.task("other", [&] { ++others; });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
  CHECK(others_then > 0);
}

TEST_CASE("foreign code: its error is the I/O's") {
  Toy toy([](Sim& sim) {
    sim.survives({.errors = true});
    File& file = sim.open("f");
    sim.task("t", [&] {
      std::byte byte{};
      const auto bytes = sim.foreign([&] { return read_one(sim, file, &byte); });
      sim.expect(bytes.error() == IOError::io, "the error");
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/error", 1}}))) == "");
}

TEST_CASE("foreign code: a power loss drops it and unwinds its task") {
  int dropped = 0, unwound = 0, recovered = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.recovers([&] { ++recovered; });
    sim.task("t", [&] {
      const Counted outside{unwound};
      sim.foreign([&] {
        const Counted inside{dropped};
        std::byte byte{};
        static_cast<void>(read_one(sim, file, &byte));
      });
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/crash", 1}}))) == "");
  CHECK(recovered == 1);
  CHECK(dropped == 0);
  CHECK(unwound == 1);
}

TEST_CASE("foreign code: what it throws comes out of sim.foreign()") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      try {
        sim.foreign([] { throw std::runtime_error("foreign"); });
        sim.expect(false, "an exception");
      } catch (const std::runtime_error&) {
        sim.reached("caught");
      }
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(found(result) == "");
  CHECK(result.goals.at("caught"));
}

TEST_CASE("foreign code: a recovery may block") {
  int recovered = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.recovers([&] {
      std::byte byte{};
      static_cast<void>(sim.foreign([&] { return read_one(sim, sim.open("f"), &byte); }));
      ++recovered;
    });
    sim.task("t", [&] {
      std::byte byte{};
      static_cast<void>(sim.foreign([&] { return read_one(sim, file, &byte); }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/read(f)#1/crash", 1}, {"recovery[1]/read(f)#1/crash", 1}}))) ==
        "");
  CHECK(recovered == 1);
}
