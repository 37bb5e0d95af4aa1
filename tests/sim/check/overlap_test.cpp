#include "tests/support/disk_script.h"
#include "tests/support/group_of.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Submit = std::function<Completion(File&)>;

/// One operation that submits all of these in its first entry, and waits for all of them.
RunResult together(const std::vector<Submit>& submits, const Plan& plan = lazy_plan(),
                   RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.write_file("f", "0123456789");
    Completion all;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!all) {
          CompletionGroup group;
          for (const Submit& submit : submits) group.add(submit(file));
          all = group.build();
        }
        if (!all.finished()) IO_YIELD_ONE(all);
        if (!all.succeeded()) return all.get_error();
        return Unit{};
      }));
    });
    sim.run();
  });
  return toy.run(plan, options);
}

Submit writes(std::uint64_t offset, std::string text) {
  return [=](File& file) { return file.pwrite(offset, buffer_of(text)); };
}
Submit reads(std::uint64_t offset, std::size_t size) {
  return [=](File& file) { return file.pread(offset, Buffer::allocate(size)); };
}
Submit truncates(std::uint64_t size) {
  return [=](File& file) { return file.truncate(size); };
}

/// "error" or "note", and what it is about; "" for silence.
std::string told(const RunResult& result) {
  if (result.finding) return result.finding->check + ": " + result.finding->message;
  return result.notes.empty() ? "" : "note: " + result.notes.front().message;
}

}  // namespace

TEST_CASE("overlap: two writes of other bytes over one range in flight are found") {
  const RunResult result = together({writes(0, "abc"), writes(2, "xyz")});
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "overlap");
  CHECK(result.finding->signature == "overlap toy: write(f) and write(f) over one range of a file");
  CHECK(result.finding->message ==
        "two `write(f)` were in flight over one range of a file, and nothing orders them");
  REQUIRE(result.finding->evidence.size() == 3);
  CHECK(result.finding->evidence[0] ==
        "in flight: `t/write(f)#1`: bytes 0 to 3 of the file, by operation 1 of task `t`");
  CHECK(result.finding->evidence[1] ==
        "submitted meanwhile: `t/write(f)#2`: bytes 2 to 5 of the file, by operation 1 of task "
        "`t`");
  RunOptions off;
  off.checks.off = {"overlap"};
  CHECK(told(together({writes(0, "abc"), writes(2, "xyz")}, lazy_plan(), off)) == "");
}

TEST_CASE("overlap: a truncate and a write behind its end in flight are found") {
  const std::string sentence = "were in flight over one range of a file, and nothing orders them";
  CHECK(told(together({writes(4, "abc"), truncates(5)})) ==
        "overlap: `write(f)` and `truncate(f)` " + sentence);
  CHECK(told(together({truncates(5), writes(4, "abc")})) ==
        "overlap: `truncate(f)` and `write(f)` " + sentence);
  CHECK(told(together({truncates(5), truncates(4)})) == "overlap: two `truncate(f)` " + sentence);
  CHECK(told(together({truncates(5), writes(2, "abc")})) == "");
  CHECK(told(together({truncates(5), truncates(5)})) == "");
}

TEST_CASE("overlap: a read against a write or a truncate is a note") {
  const std::string sentence = " were in flight over one range of a file, and nothing orders them";
  CHECK(told(together({reads(0, 4), writes(3, "abc")})) ==
        "note: `read(f)` and `write(f)`" + sentence);
  CHECK(told(together({truncates(3), reads(0, 4)})) ==
        "note: `truncate(f)` and `read(f)`" + sentence);
}

TEST_CASE("overlap: reads that may race and reads that were cancelled are no note") {
  const auto beside_write = [](bool declared, bool cancelled) {
    Toy toy([=](Sim& sim) {
      File& file = sim.open("f");
      sim.write_file("f", "0123456789");
      if (declared) sim.reads_may_race_writes();
      sim.task("t", [&] {
        Completion read = file.pread(0, Buffer::allocate(4));
        if (cancelled) read.cancel();
        const Completion write = file.pwrite(2, buffer_of("abc"));
        sim.wait(write);
        sim.wait(read);
      });
      sim.run();
    });
    return told(toy.run(lazy_plan()));
  };
  CHECK(beside_write(false, false) ==
        "note: `read(f)` and `write(f)` were in flight over one range of a file, and nothing "
        "orders them");
  CHECK(beside_write(true, false) == "");
  CHECK(beside_write(false, true) == "");
}

TEST_CASE("overlap: what touches other bytes or does not change them or is no I/O is sound") {
  CHECK(told(together({writes(0, "abc"), writes(3, "xyz"), reads(6, 2)})) == "");
  CHECK(told(together({reads(0, 4), reads(0, 4)})) == "");
  CHECK(told(together({writes(0, "abcd"), writes(2, "cdef")})) == "");  // the same in either order
  CHECK(told(together({writes(0, "abc"), [](File& file) { return file.sync(); }})) == "");
  CHECK(told(together({writes(0, ""), writes(0, "abc")})) == "");
  CHECK(told(together({writes(0, "abc"), writes(2, "xyz")}, sync_plan())) == "");
}

TEST_CASE("overlap: two reads in flight into one buffer are found") {
  const Buffer buffer = Buffer::allocate(8);
  const auto into = [&](std::size_t from, std::size_t size) -> Submit {
    return [=](File& file) { return file.pread(0, buffer.slice(from, size)); };
  };
  CHECK(told(together({into(0, 5), into(4, 4)})) ==
        "overlap: two `read(f)` were in flight into one buffer, and nothing orders them");
  CHECK(told(together({into(0, 4), into(4, 4)})) == "");
  const Submit from = [=](File& file) { return file.pwrite(20, buffer); };
  CHECK(
      told(together({from, into(0, 4)})) ==
      "overlap: `write(f)` and `read(f)` were in flight with one buffer, and nothing orders them");
  CHECK(told(together({from, [=](File& file) { return file.pwrite(40, buffer); }})) == "");
}

TEST_CASE("overlap: of several buffers each is looked at and what lies between is not") {
  const Buffer buffer = Buffer::allocate(12);
  const auto into = [&](std::size_t first, std::size_t second) -> Submit {
    return [=](File& file) {
      const Buffer both[] = {buffer.slice(first, 2), buffer.slice(second, 2)};
      return file.preadv(0, both);
    };
  };
  CHECK(told(together({into(0, 8), into(4, 10)})) == "");
  CHECK(told(together({into(0, 8), into(4, 9)})) ==
        "overlap: two `read(f)` were in flight into one buffer, and nothing orders them");
}

TEST_CASE("overlap: a buffer and a range are free again when the completion has finished") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    const Buffer buffer = Buffer::allocate(4);
    Completion pending;
    int round = 0;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        for (; round < 6; ++round) {
          if (!pending) pending = round % 2 == 0 ? file.pwrite(0, buffer) : file.pread(0, buffer);
          if (!pending.finished()) IO_YIELD_ONE(pending);
          pending = {};
        }
        return Unit{};
      }));
    });
    sim.run();
  });
  CHECK(told(toy.run(lazy_plan())) == "");
}

TEST_CASE("overlap: an I/O whose cancel was asked for is in flight until its last word") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    Completion pending;
    bool gave_up = false;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!pending) pending = file.pwrite(0, buffer_of("old"));
        if (!gave_up) {
          gave_up = true;
          pending.cancel();
          pending = file.pwrite(0, buffer_of("new"));
        }
        if (!pending.finished()) IO_YIELD_ONE(pending);
        return Unit{};
      }));
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "overlap");
}

TEST_CASE("overlap: two operations are told with the calls that they submitted in") {
  struct Writer {
    File& file;
    std::string text;
    Completion pending;

    IOResult<Unit> write() {
      if (!pending) pending = file.pwrite(0, buffer_of(text));
      if (!pending.finished()) IO_YIELD_ONE(pending);
      return Unit{};
    }
    IOResult<Unit> run() {
      RETURN_IF_IO(write());
      return Unit{};
    }
  };
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    Writer writers[] = {{file, "abc", {}}, {file, "xyz", {}}};
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("w", i, [&, i] { static_cast<void>(sim.await([&] { return writers[i].run(); })); });
    }
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->evidence[1] ==
        "submitted meanwhile: `w[1]/write(f)#1`: bytes 0 to 3 of the file, by operation 1 of task "
        "`w[1]`");
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "both were submitted in this call");
}

TEST_CASE("overlap: what tasks submit outside of an entry counts too") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&, i] {
        static_cast<void>(sim.wait(file.pwrite(0, buffer_of(i == 0 ? "abc" : "xyz"))));
      });
    }
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "overlap");
  CHECK(result.finding->evidence[1] ==
        "submitted meanwhile: `t[1]/write(f)#1`: bytes 0 to 3 of the file");
}
