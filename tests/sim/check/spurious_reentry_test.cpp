#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What is found when `entry`, given its file and a place for its I/O, is entered with nothing
/// finished.
using SpuriousEntry = std::function<IOResult<Unit>(File&, Completion&, Tracked<int>&)>;
std::string entered_spuriously(const SpuriousEntry& entry, std::string* after = nullptr) {
  Toy toy([&](Sim& sim) {
    Faults faults;
    faults.spurious = true;
    sim.survives(faults);
    File& file = sim.open("f");
    Completion pending;
    Tracked<int> count{"count"};
    sim.task("t", [&] {
      static_cast<void>(sim.await([&] { return entry(file, pending, count); }));
      if (after != nullptr) *after = std::to_string(count.get());
    });
    sim.run();
  });
  const Plan plan =
      lazy_plan({{"t/sync(f)#1/spurious", 1}},
                {"t/sync(f)/spurious#1/turn", "t/sync(f)#1/delivery", "t/truncate(f)#1/delivery"});
  const RunResult result = toy.run(plan);
  CHECK(toy.missed().decisions.empty());
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("spurious-re-entry: a machine that asks and waits again is sound") {
  CHECK(entered_spuriously([](File& file, Completion& pending, Tracked<int>&) -> IOResult<Unit> {
          if (!pending) pending = file.sync();
          if (!pending.finished()) IO_YIELD_ONE(pending);
          return Unit{};
        }) == "");
}

TEST_CASE("spurious-re-entry: a machine that takes the re-entry for the end is found") {
  CHECK(entered_spuriously([](File& file, Completion& pending, Tracked<int>&) -> IOResult<Unit> {
          if (pending) return Unit{};
          pending = file.sync();
          IO_YIELD_ONE(pending);
        }) == "spurious-re-entry toy: answered Done");
}

TEST_CASE("spurious-re-entry: a machine that fails is found") {
  CHECK(entered_spuriously([](File& file, Completion& pending, Tracked<int>&) -> IOResult<Unit> {
          if (pending) return IOError::invalid;
          pending = file.sync();
          IO_YIELD_ONE(pending);
        }) == "spurious-re-entry toy: answered Err");
}

TEST_CASE("spurious-re-entry: a machine that submits again is found") {
  CHECK(entered_spuriously([](File& file, Completion& pending, Tracked<int>&) -> IOResult<Unit> {
          if (!pending || !pending.finished()) {
            pending = file.sync();
            IO_YIELD_ONE(pending);
          }
          return Unit{};
        }) == "spurious-re-entry toy: submitted `t/sync(f)` again");
}

TEST_CASE("spurious-re-entry: a machine that changes state is found") {
  CHECK(entered_spuriously(
            [](File& file, Completion& pending, Tracked<int>& count) -> IOResult<Unit> {
              if (!pending) {
                pending = file.sync();
              } else {
                count += 1;
              }
              if (!pending.finished()) IO_YIELD_ONE(pending);
              return Unit{};
            }) == "spurious-re-entry toy: changed `count` (+=)");
}

TEST_CASE("spurious-re-entry: a store that changes nothing is sound") {
  CHECK(entered_spuriously(
            [](File& file, Completion& pending, Tracked<int>& count) -> IOResult<Unit> {
              count = 5;
              if (!pending) pending = file.sync();
              if (!pending.finished()) IO_YIELD_ONE(pending);
              return Unit{};
            }) == "");
}

TEST_CASE("spurious-re-entry: a machine that answers another wait is found") {
  Completion other;
  CHECK(entered_spuriously([&](File& file, Completion& pending, Tracked<int>&) -> IOResult<Unit> {
          if (!pending) {
            pending = file.sync();
            other = file.truncate(0);
            IO_YIELD_ONE(pending);
          }
          if (!other.finished()) IO_YIELD_ONE(other);
          return Unit{};
        }) == "spurious-re-entry toy: answered another wait");
}

TEST_CASE("spurious-re-entry: what is done after the I/O has finished is no business of it") {
  std::string count;
  CHECK(entered_spuriously(
            [](File& file, Completion& pending, Tracked<int>& counted) -> IOResult<Unit> {
              if (!pending) pending = file.sync();
              if (!pending.finished()) IO_YIELD_ONE(pending);
              counted += 1;
              return Unit{};
            },
            &count) == "");
  CHECK(count == "1");
}

TEST_CASE("spurious-re-entry: a sound machine of several awaits is sound under all injections") {
  struct Machine {
    File& file;
    Completion read, first, second;

    IOResult<Unit> look() { return Unit{}; }
    IOResult<Unit> load() {
      if (!read) read = file.pread(0, Buffer::allocate(8));
      if (!read.finished()) IO_YIELD_ONE(read);
      return Unit{};
    }
    IOResult<Unit> write_both() {  // builds its group anew at each entry
      if (!first) {
        first = file.pwrite(0, Buffer::allocate(8));
        second = file.pwrite(8, Buffer::allocate(8));
      }
      CompletionGroup both;
      both.add(first);
      both.add(second);
      const Completion all = both.build();
      if (!all.finished()) IO_YIELD_ONE(all);
      return Unit{};
    }
    IOResult<Unit> run() {
      RETURN_IF_IO(look());
      RETURN_IF_IO(load());
      RETURN_IF_IO(write_both());
      return Unit{};
    }
  };
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.spurious = faults.yields_before_calls = true;
    sim.survives(faults);
    Machine machine{sim.open("f"), {}, {}, {}};
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const RunResult result = toy.run(*random_of(seed, "chaos"));
    REQUIRE_MESSAGE(!result.finding.has_value(), result.finding->message);
  }
}

TEST_CASE("spurious-re-entry: a group of the same I/Os is the same wait and one of others is not") {
  const auto found = [](bool sound) {
    Toy toy([sound](Sim& sim) {
      Faults faults;
      faults.spurious = true;
      sim.survives(faults);
      File& file = sim.open("f");
      Completion sync, cut;
      bool waited = false;
      sim.task("t", [&] {
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          if (!sync) {
            sync = file.sync();
            cut = file.truncate(0);
          }
          if (sync.finished() && cut.finished()) return Unit{};
          CompletionGroup group;
          group.add(sync);
          if (sound || !waited) group.add(cut);
          waited = true;
          return group.build();
        }));
      });
      sim.run();
    });
    const RunResult result = toy.run(
        lazy_plan({{"t/wait#1/spurious", 1}},
                  {"t/wait/spurious#1/turn", "t/sync(f)#1/delivery", "t/truncate(f)#1/delivery"}));
    CHECK(toy.missed().decisions.empty());
    return result.finding ? result.finding->signature : std::string();
  };
  CHECK(found(true) == "");
  CHECK(found(false) == "spurious-re-entry toy: answered another wait");
}
