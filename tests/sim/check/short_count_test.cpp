#include "tests/support/disk_script.h"
#include "tests/support/group_of.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What a machine of one I/O at a time has to work with.
struct Bench {
  File& file;
  Completion pending = {};
  int step = 0;
};
using ShortCountEntry = std::function<IOResult<Unit>(Bench&)>;

/// One operation on a file with ten bytes. The first write, or the first read, is cut short.
RunResult entered(const ShortCountEntry& entry, std::vector<PlannedDecision> decisions,
                  RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    sim.survives({.errors = true, .short_io = true});
    sim.write_file("f", "0123456789");
    Bench bench{sim.open("f")};
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return entry(bench); })); });
    sim.run();
  });
  return toy.run(lazy_plan(std::move(decisions)), options);
}

const std::vector<PlannedDecision> short_write = {{"t/write(f)#1/short", 3}};
const std::vector<PlannedDecision> short_read = {{"t/read(f)#1/short", 3}};

/// A write of eight bytes, then what `then` does; it is entered until that says Done.
ShortCountEntry write_and(const ShortCountEntry& then) {
  return [=](Bench& bench) -> IOResult<Unit> {
    if (bench.step == 0) {
      if (!bench.pending) bench.pending = bench.file.pwrite(0, buffer_of("abcdefgh"));
      if (!bench.pending.finished()) IO_YIELD_ONE(bench.pending);
      if (!bench.pending.succeeded()) return bench.pending.get_error();
      bench.step = 1;
    }
    return then(bench);
  };
}
/// Submits once, and waits.
ShortCountEntry one_more(const std::function<Completion(File&)>& submit) {
  return [=](Bench& bench) -> IOResult<Unit> {
    if (bench.step == 1) {
      bench.pending = submit(bench.file);
      bench.step = 2;
    }
    if (!bench.pending.finished()) IO_YIELD_ONE(bench.pending);
    if (!bench.pending.succeeded()) return bench.pending.get_error();
    return Unit{};
  };
}
IOResult<Unit> nothing(Bench&) { return Unit{}; }

}  // namespace

TEST_CASE("short-count: a part of a write that nobody knows to be missing is found") {
  const RunResult result = entered(write_and(nothing), short_write);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "short-count");
  CHECK(result.finding->signature == "short-count toy: write(f)");
  CHECK(result.finding->message ==
        "`write(f)` moved only 3 of 8 bytes, nobody asked how many, and its operation said Done");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{
            "task `t`, its operation number 1", "`t/write(f)#1`: 8 bytes at offset 0, moved 3",
            "somebody asked succeeded() or get_error(), and nobody asked result(), of it or of a "
            "group that it is in, and it has no callback",
            "nobody wrote the rest"});
  RunOptions off;
  off.checks.off = {"short-count"};
  CHECK(found(entered(write_and(nothing), short_write, off)) == "");
  CHECK(found(entered(write_and(nothing), {})) == "");
}

TEST_CASE("short-count: who asks for the count or answers Err or does not care is left alone") {
  CHECK(found(entered(write_and([](Bench& bench) -> IOResult<Unit> {
                        static_cast<void>(bench.pending.result());
                        return Unit{};
                      }),
                      short_write)) == "");
  CHECK(found(entered(write_and([](Bench&) -> IOResult<Unit> { return IOError::io; }),
                      short_write)) == "");
  CHECK(found(entered(write_and([](Bench& bench) -> IOResult<Unit> {
                        bench.pending.ignore();
                        return Unit{};
                      }),
                      short_write)) == "");
}

TEST_CASE("short-count: the count of a group is that of all in it") {
  const auto with = [](bool asks) {
    return found(entered(
        [=](Bench& bench) -> IOResult<Unit> {
          if (!bench.pending) {
            bench.pending = group_of({bench.file.pwrite(0, buffer_of("abcdefgh")),
                                      bench.file.pwrite(8, buffer_of("ij"))});
          }
          if (!bench.pending.finished()) IO_YIELD_ONE(bench.pending);
          if (!bench.pending.succeeded()) return bench.pending.get_error();
          if (asks) static_cast<void>(bench.pending.result());
          return Unit{};
        },
        short_write));
  };
  CHECK(with(true) == "");
  CHECK(with(false) == "short-count");
}

TEST_CASE("short-count: the rest may be written or cut off or read back") {
  const auto then = [](const std::function<Completion(File&)>& submit) {
    return found(entered(write_and(one_more(submit)), short_write));
  };
  CHECK(then([](File& file) { return file.pwrite(3, buffer_of("defgh")); }) == "");
  CHECK(then([](File& file) { return file.pwrite(0, buffer_of("abcdefgh")); }) == "");
  CHECK(then([](File& file) { return file.pwrite(4, buffer_of("efgh")); }) == "short-count");
  CHECK(then([](File& file) { return file.truncate(3); }) == "");
  CHECK(then([](File& file) { return file.truncate(4); }) == "short-count");
  CHECK(then([](File& file) { return file.pread(0, Buffer::allocate(8)); }) == "");
  CHECK(then([](File& file) { return file.pread(0, Buffer::allocate(3)); }) == "short-count");
  CHECK(then([](File& file) { return file.sync(); }) == "short-count");
}

TEST_CASE("short-count: a file that is gone misses nothing") {
  Toy toy([](Sim& sim) {
    sim.survives({.short_io = true});
    Bench bench{sim.open("f")};
    const ShortCountEntry entry = write_and(nothing);
    sim.task("t", [&] {
      static_cast<void>(sim.await([&] { return entry(bench); }));
      static_cast<void>(sim.wait(sim.io().remove("f")));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/short", 3}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("short-count: another operation may ask until the end") {
  Toy toy([](Sim& sim) {
    sim.survives({.short_io = true});
    File& file = sim.open("f");
    Completion behind;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        behind = file.pwrite(0, buffer_of("abcdefgh"));  // write-behind
        return Unit{};
      }));
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!behind.finished()) IO_YIELD_ONE(behind);
        return behind.succeeded() && behind.result() == 8 ? IOResult<Unit>(Unit{})
                                                          : IOResult<Unit>(IOError::io);
      }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/short", 3}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("short-count: a read whose count nobody asks for is a note") {
  const auto with = [](bool asks) {
    return entered(
        [=](Bench& bench) -> IOResult<Unit> {
          if (!bench.pending) bench.pending = bench.file.pread(0, Buffer::allocate(8));
          if (!bench.pending.finished()) IO_YIELD_ONE(bench.pending);
          if (!bench.pending.succeeded()) return bench.pending.get_error();
          if (asks) static_cast<void>(bench.pending.result());
          return Unit{};
        },
        short_read);
  };
  const RunResult result = with(false);
  CHECK(found(result) == "");
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].check == "short-count");
  CHECK(result.notes[0].severity == Severity::note);
  CHECK(with(true).notes.empty());
}

TEST_CASE("short-count: a write that nobody has looked at is a note") {
  const RunResult result = entered(
      [](Bench& bench) -> IOResult<Unit> {
        if (!bench.pending) bench.pending = bench.file.pwrite(0, buffer_of("abcdefgh"));
        return Unit{};  // who asks later would be another operation
      },
      short_write);
  CHECK(found(result) == "");
  CHECK(std::ranges::find(result.notes, "short-count", &Finding::check) != result.notes.end());
}

TEST_CASE("short-count: where an operation could not go on nobody is to blame") {
  Toy toy([](Sim& sim) {
    sim.survives({.errors = true, .short_io = true});
    File& file = sim.open("f");
    File& other = sim.open("other");
    Completion behind;
    Completion pending;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        behind = file.pwrite(0, buffer_of("abcdefgh"));
        return Unit{};
      }));
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!pending) pending = other.sync();
        if (!pending.finished()) IO_YIELD_ONE(pending);
        if (!pending.succeeded()) return pending.get_error();  // comes before it asks of the write
        if (!behind.finished()) IO_YIELD_ONE(behind);
        return behind.succeeded() && behind.result() == 8 ? IOResult<Unit>(Unit{})
                                                          : IOResult<Unit>(IOError::io);
      }));
    });
    sim.run();
  });
  const RunResult result =
      toy.run(lazy_plan({{"t/write(f)#1/short", 3}, {"t/sync(other)#1/error", 1}}));
  CHECK(toy.missed().none());
  CHECK(found(result) == "");
  CHECK(result.notes.empty());
}

TEST_CASE("short count: it sees all of an operation that goes on while another node recovers") {
  Toy toy([](Sim& sim) {
    sim.survives({.short_io = true});
    Sim::Node server = sim.node("server");
    server.recovers([&] { sim.sleep(std::chrono::milliseconds(2)); });
    sim.node("client").task("t", [&] {
      server.kill();
      server.restart();
      // Begins while the server recovers, and ends after that.
      for (int i = 0; i < 100; ++i) sim.sleep(std::chrono::microseconds(i < 10 ? 150 : 1000));
    });
    sim.run();
  });
  CHECK_FALSE(toy.check(lazy_plan()).finding.has_value());
}
