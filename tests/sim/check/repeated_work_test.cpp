#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Writes a row, then waits for something else; on re-entry the row is written again.
struct RowWriter {
  File& file;
  bool sound = false;
  bool row_is_written = false;
  Completion pending = {};
  int rows = 0;

  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    return done.succeeded() ? IOResult<Unit>(Unit{}) : IOResult<Unit>(done.get_error());
  }
  IOResult<Unit> put(IOKind kind) {
    if (!pending) {
      pending = kind == IOKind::write  ? file.pwrite(0, buffer_of("row"))
                : kind == IOKind::sync ? file.sync()
                                       : file.pread(0, Buffer::allocate(3));
    }
    return finish();
  }
  IOResult<Unit> others() { return Unit{}; }
  IOResult<Unit> run(IOKind kind) {
    if (!sound || !row_is_written) RETURN_IF_IO(put(kind));
    row_is_written = true;
    RETURN_IF_IO(others());
    row_is_written = false;
    return Unit{};
  }
};

RunResult rows_of(bool sound, IOKind kind, const Toy::Body& first = {}) {
  Toy toy([=](Sim& sim) {
    RowWriter machine{sim.open("f"), sound};
    sim.task("t", [&] {
      if (first) first(sim);
      static_cast<void>(sim.await([&] { return machine.run(kind); }));
    });
    sim.run();
  });
  return toy.check(lazy_plan({{"t/run/others()#1/yield", 1}}));
}

}  // namespace

TEST_CASE("schedule-equivalence: bytes that are written again by one operation are found") {
  const RunResult result = rows_of(false, IOKind::write);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "schedule-equivalence toy: done again: write(f)");
  CHECK(result.finding->message ==
        "one operation of `t` did the same `write(f)` twice, which the sync world does once");
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "submitted in this call");
  CHECK(found(rows_of(true, IOKind::write)) == "");
}

TEST_CASE("schedule-equivalence: more of what changes no file is a note") {
  for (const IOKind kind : {IOKind::read, IOKind::sync}) {
    const RunResult result = rows_of(false, kind);
    CHECK(found(result) == "");
    REQUIRE(result.notes.size() == 1);
    CHECK(result.notes[0].check == "schedule-equivalence");
    CHECK(result.notes[0].message == "one operation of `t` submitted `" +
                                         std::string(to_string(kind)) +
                                         "(f)` twice, and once in the sync world");
    CHECK(rows_of(true, kind).notes.empty());
  }
}

TEST_CASE("schedule-equivalence: a note of it counts as an error where that is asked for") {
  Toy toy([](Sim& sim) {
    RowWriter machine{sim.open("f")};
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(IOKind::sync); })); });
    sim.run();
  });
  RunOptions options;
  options.checks.errors = {"schedule-equivalence"};
  CHECK(found(toy.check(lazy_plan({{"t/run/others()#1/yield", 1}}), options)) ==
        "schedule-equivalence");
}

TEST_CASE("schedule-equivalence: with timers or I/O left in flight the numbers may differ") {
  CHECK(found(rows_of(false, IOKind::write, [](Sim& sim) { sim.sleep(Duration(3)); })) == "");
  CHECK(found(rows_of(false, IOKind::write, [](Sim& sim) {
          File& file = sim.open("other");
          static_cast<void>(sim.await([&]() -> IOResult<Unit> {
            file.pread(0, Buffer::allocate(3)).ignore();
            return Unit{};
          }));
        })) == "");
}
