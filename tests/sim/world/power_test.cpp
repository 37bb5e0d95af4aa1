#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

Buffer letter(char c) {
  Buffer buffer = Buffer::allocate(512);
  for (std::byte& byte : buffer.bytes()) byte = static_cast<std::byte>(c);
  return buffer;
}

/// The first letter of each sector of the file; '.' for a zero.
std::string letters(const Sim& sim, std::string_view path = "f") {
  std::string text;
  const std::string bytes = sim.read_file(path);
  for (std::size_t at = 0; at < bytes.size(); at += 512) {
    text += bytes[at] == 0 ? '.' : bytes[at];
  }
  return text;
}

/// A task `t` that writes "a" and syncs, then writes "b" behind it; `seen` is what each recovery
/// finds.
struct Writer {
  std::vector<std::string> seen;
  Toy toy{[this](Sim& sim) {
    seen.clear();
    File& file = sim.open("f");
    sim.recovers([&] {
      seen.push_back(letters(sim));
      const Completion mark = sim.open("f").pwrite(0, letter('r'));
      static_cast<void>(sim.wait(mark));
    });
    sim.task("t", [&] {
      static_cast<void>(sim.wait(file.pwrite(0, letter('a'))));
      static_cast<void>(sim.wait(file.sync()));
      static_cast<void>(sim.wait(file.pwrite(512, letter('b'))));
    });
    sim.run();
  }};

  const std::vector<std::string>& run(const Plan& plan) {
    result = toy.run(plan);
    return seen;
  }
  RunResult result;
};

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("power: without a plan for it the power is not lost") {
  Writer writer;
  CHECK(writer.run(lazy_plan()).empty());
  CHECK_FALSE(writer.result.finding);
}

TEST_CASE("power: it can be lost before a delivery and before a turn and at the end") {
  Writer writer;
  CHECK(writer.run(lazy_plan({{"t/write(f)#1/crash", 1}})) == Strings{""});
  CHECK(writer.toy.missed().none());
  CHECK(writer.run(lazy_plan({{"t/sync(f)#1/crash", 1}})) == Strings{""});
  CHECK(writer.run(lazy_plan({{"t/sync(f)#1/crash-turn", 1}})) == Strings{"a"});
  CHECK(writer.run(lazy_plan({{"end#1/crash", 1}})) == Strings{"a"});
  CHECK(writer.toy.missed().none());
}

TEST_CASE("power: it can be lost before an I/O takes effect") {
  Writer writer;
  const Plan plan = lazy_plan({{"t/write(f)#1/early", 1}, {"t/write(f)#1/crash-effect", 1}});
  CHECK(writer.run(plan) == Strings{""});
  CHECK(writer.toy.missed().none());
}

TEST_CASE("power: what was not durable survives as the plan says") {
  Writer writer;
  const PlannedDecision at_end{"end#1/crash", 1};
  CHECK(writer.run(lazy_plan({at_end, {"power#1/survival", 1}})) == Strings{"ab"});
  const PlannedDecision each{"power#1/survival", 2};
  CHECK(writer.run(lazy_plan({at_end, each})) == Strings{"a"});
  CHECK(writer.run(lazy_plan({at_end, each, {"t/write(f)#2/survives", 1}})) == Strings{"ab"});
  // The size without the data.
  CHECK(writer.run(lazy_plan({at_end, each, {"t/write(f)#2/survives", 3}})) == Strings{"a."});
  CHECK(writer.toy.missed().none());
}

TEST_CASE("power: a write that is in flight may survive") {
  Writer writer;
  const Plan plan = lazy_plan({{"t/write(f)#2/crash", 1}, {"power#1/survival", 1}});
  CHECK(writer.run(plan) == Strings{"ab"});
}

TEST_CASE("power: it can be lost while the recovery runs and three times at most") {
  Writer writer;
  const Plan plan = lazy_plan({{"t/sync(f)#1/crash-turn", 1},
                               {"recovery[1]/write(f)#1/crash", 1},
                               {"power#2/survival", 1},
                               {"end#3/crash", 1},
                               {"end#4/crash", 1}});
  CHECK(writer.run(plan) == Strings{"a", "r", "r"});
  CHECK(writer.toy.missed().decisions == std::vector<std::size_t>{4});
  CHECK_FALSE(writer.result.finding);
}

TEST_CASE("power: a run that loses it is recorded and replayed") {
  Writer writer;
  std::uint32_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::unique_ptr<RandomStrategy> random = random_of(seed, "chaos");
    const Plan plan = writer.toy.record(*random);
    const Strings seen = writer.seen;
    const std::uint64_t digest = writer.toy.recorded().digest;
    CHECK(writer.run(plan) == seen);
    CHECK(writer.toy.missed().none());
    CHECK(writer.result.digest == digest);
    if (!seen.empty()) ++lost;
  }
  CHECK(lost > 20);
}

TEST_CASE("power: tasks are gone and their operations are over") {
  int after = 0;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    sim.held("a lock", [&] { return std::uint64_t{0}; });
    sim.recovers([] {});
    sim.task("t", [&] {
      static_cast<void>(sim.wait(file.pwrite(0, letter('a'))));
      ++after;
    });
    sim.drive("machine", [&file, read = Completion()]() mutable -> IOResult<Unit> {
      if (!read) read = file.pread(0, Buffer::allocate(8));
      if (!read.finished()) IO_YIELD_ONE(read);
      if (!read.succeeded()) return read.get_error();
      return Unit{};
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"t/write(f)#1/crash", 1}}));
  CHECK_FALSE(result.finding);
  CHECK(after == 0);
  CHECK(says(result, "is lost"));
}

TEST_CASE("power: timers are gone with it") {
  bool has_fired = false;
  Toy toy([&](Sim& sim) {
    sim.recovers([] {});
    sim.task("t", [&] {
      sim.sleep(Duration(1000));
      has_fired = true;
    });
    sim.run();
  });
  CHECK_FALSE(toy.run(lazy_plan({{"t/timer#1/crash", 1}})).finding);
  CHECK_FALSE(has_fired);
}

TEST_CASE("power: properties are not looked at before the recovery has ended") {
  bool is_good = true;
  Toy toy([&](Sim& sim) {
    is_good = true;
    sim.always("it is good", [&] { return is_good; });
    sim.recovers([&] {
      is_good = false;  // what a recovery finds may be anything
      sim.yield();
      is_good = true;
    });
    sim.task("t", [&] { sim.yield(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"end#1/crash", 1}}))).empty());
}

TEST_CASE("power: a recovery that waits for ever is a deadlock") {
  Toy toy([](Sim& sim) {
    static CompletionPool pool;
    sim.recovers([&] { static_cast<void>(sim.wait(pool.make())); });
    sim.task("t", [&] { sim.yield(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"end#1/crash", 1}}))) == "deadlock");
}
