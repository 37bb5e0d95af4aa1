// What a scenario says of files without I/O, and of values in words of its own.
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

TEST_CASE("sim: a file has the contents that it was given before the run") {
  std::string read;
  Toy toy([&](Sim& sim) {
    sim.write_file("f", "hello");
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(8);
      static_cast<void>(sim.wait(file.pread(0, buffer)));
      read = text_of(buffer);
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(read == "hello???");
  CHECK(result.stats.ios == 1);
}

TEST_CASE("sim: contents replace what there was and may be bytes") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.write_file("f", "hello");
    sim.write_file("f", std::vector<std::byte>(3, std::byte{7}));
    CHECK(sim.read_file("f") == "\7\7\7");
    CHECK(file.size().value() == 3);
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
}

TEST_CASE("sim: what is on the disk is seen between operations and after the run") {
  std::vector<std::string> seen;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Completion write = file.pwrite(0, buffer_of("abc"));
      seen.push_back(sim.read_file("f"));
      static_cast<void>(sim.wait(write));
      seen.push_back(sim.read_file("f"));
      static_cast<void>(sim.wait(file.pwrite(3, buffer_of("d"))));
    });
    seen.push_back(sim.read_file("no such file"));
    sim.run();
    seen.push_back(sim.read_file("f"));
    sim.expect_eq(sim.read_file("f"), "abcd");
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(seen == std::vector<std::string>{"", "", "abc", "abcd"});
}

TEST_CASE("sim: what is expected after the run is a finding too") {
  Toy toy([](Sim& sim) {
    sim.run();
    sim.expect_eq(sim.read_file("f"), "abc");
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->message == "expected: \"\" to be \"abc\"");
}

TEST_CASE("sim: an expectation has words of its author's") {
  Toy toy([](Sim& sim) {
    sim.task("t", [&] {
      CHECK(sim.expect_eq(3, 3, "records in the log"));
      CHECK_FALSE(sim.expect_eq(12, 3, "records in the log"));
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->message == "expected: records in the log: 12 to be 3");
  CHECK(result.finding->signature == "invariant toy: records in the log: N to be N");
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].file.ends_with("contents_test.cpp"));
}
