// How an operation is driven: await() and drive(), waiting, error contracts, cancel, abandonment.
#include "tests/support/death.h"
#include "tests/support/disk_script.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// Writes, then reads back; its state is in `pending` and `stage`.
struct WriteRead {
  explicit WriteRead(File& its_file) : file(its_file) {}

  File& file;
  Buffer buffer = buffer_of("abc");
  Completion pending;
  int stage = 0;
  int entries = 0;

  IOResult<int> step() {
    ++entries;
    while (stage < 2) {
      if (!pending) pending = stage == 0 ? file.pwrite(0, buffer) : file.pread(0, buffer);
      if (!pending.finished()) IO_YIELD_ONE(pending);
      const Completion finished = std::exchange(pending, {});
      if (!finished.succeeded()) return finished.get_error();
      ++stage;
    }
    return 7;
  }
  void reset() {
    pending = {};
    stage = 0;
  }
};

/// One operation in one task.
struct OneTask {
  explicit OneTask(Faults faults, bool with_abandon = false)
      : toy([this, faults, with_abandon](Sim& sim) {
          sim.survives(faults);
          machine = std::make_unique<WriteRead>(sim.open("f"));
          told = IOError::none;
          sim.task("t", [&, with_abandon] {
            AwaitOptions options;
            if (with_abandon) options.abandon = [this] { machine->reset(); };
            options.abort = [this](IOError error) { told = error; };
            const Outcome<int> outcome = sim.await([&] { return machine->step(); }, options);
            ended = outcome.ok()          ? "Done " + std::to_string(outcome.value())
                    : outcome.abandoned() ? "abandoned"
                                          : "Err " + to_string(outcome.error());
          });
          sim.run();
          machine->buffer = {};
          machine->pending = {};
        }) {}

  std::string run(const Plan& plan) {
    ended = "nothing";
    const RunResult result = toy.run(plan);
    return found(result).empty() ? ended : found(result);
  }

  std::unique_ptr<WriteRead> machine;
  std::string ended;
  IOError told = IOError::none;
  Toy toy;
};

Faults with_errors(ErrorContract contract) {
  Faults faults;
  faults.errors = faults.refusals = faults.cancels = true;
  faults.contract = contract;
  return faults;
}

}  // namespace

TEST_CASE("operation: it is entered again when what it waits for has finished") {
  OneTask one({});
  CHECK(one.run(lazy_plan()) == "Done 7");
  CHECK(one.machine->entries == 3);
  CHECK(one.run(sync_plan()) == "Done 7");
  CHECK(one.machine->entries == 1);
}

TEST_CASE("operation: under the machine contract the machine sees the error itself") {
  OneTask one(with_errors(ErrorContract::machine));
  CHECK(one.run(lazy_plan({{"t/write(f)#1/error", 1}})) == "Err EIO");
  CHECK(one.machine->entries == 2);
  CHECK(one.told == IOError::none);
}

TEST_CASE("operation: under the driver contract the machine is aborted and not entered again") {
  OneTask one(with_errors(ErrorContract::driver));
  CHECK(one.run(lazy_plan({{"t/read(f)#1/error", 1}})) == "Err EIO");
  CHECK(one.machine->entries == 2);
  CHECK(one.told == IOError::io);
}

TEST_CASE("operation: an error that the machine sees at submit is its own under both contracts") {
  for (const ErrorContract contract : {ErrorContract::machine, ErrorContract::driver}) {
    OneTask one(with_errors(contract));
    CHECK(one.run(lazy_plan({{"t/write(f)#1/refusal", 2}})) == "Err EBUSY");
    CHECK(one.machine->entries == 1);
    CHECK(one.told == IOError::none);
  }
}

TEST_CASE("operation: what it waits for can be cancelled") {
  OneTask one(with_errors(ErrorContract::machine));
  CHECK(one.run(lazy_plan({{"t/read(f)#1/cancel", 1}})) == "Err ECANCELED");
  CHECK(one.toy.missed().none());
}

TEST_CASE("operation: a cancel that comes too late changes nothing") {
  OneTask one(with_errors(ErrorContract::machine));
  CHECK(one.run(lazy_plan({{"t/read(f)#1/cancel", 1}, {"t/read(f)#1/cancel-answer", 1}})) ==
        "Done 7");
}

TEST_CASE("operation: it can be abandoned at any yield if it says how") {
  Faults faults;
  faults.abandons = true;
  OneTask one(faults, true);
  CHECK(one.run(lazy_plan({{"t/write(f)#1/abandon", 1}})) == "abandoned");
  CHECK(one.machine->entries == 1);
  CHECK(one.run(lazy_plan({{"t/read(f)#1/abandon", 1}})) == "abandoned");
  CHECK(one.machine->entries == 2);
}

TEST_CASE("operation: whoever cleans up after one may await another") {
  Toy toy([](Sim& sim) {
    Faults faults;
    faults.abandons = true;
    sim.survives(faults);
    File& file = sim.open("f");
    sim.task("t", [&] {
      std::string cleaned(100, 'x');  // in the callback too, so that it is not held in place
      AwaitOptions options;
      options.abandon = [&sim, &file, cleaned] {
        static_cast<void>(sim.wait(file.truncate(0)));
        sim.expect(cleaned == std::string(100, 'x'), "the callback is still there");
      };
      Completion sync;
      static_cast<void>(sim.await(
          [&]() -> IOResult<Unit> {
            if (!sync) sync = file.sync();
            if (!sync.finished()) return sync;
            return Unit{};
          },
          options));
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan({{"t/sync(f)#1/abandon", 1}}));
  CHECK(!result.finding.has_value());
  CHECK(toy.missed().none());
}

TEST_CASE("operation: it is not abandoned if it does not say how") {
  Faults faults;
  faults.abandons = true;
  OneTask one(faults, false);
  CHECK(one.run(lazy_plan({{"t/write(f)#1/abandon", 1}})) == "Done 7");
  CHECK(one.toy.missed().decisions.size() == 1);
}

TEST_CASE("operation: a machine that survives spurious re-entry is entered with nothing finished") {
  Faults faults;
  faults.spurious = true;
  OneTask one(faults);
  CHECK(one.run(lazy_plan({{"t/write(f)#1/spurious", 1}},
                          {"t/write(f)/spurious#1/turn", "t/write(f)#1/delivery"})) == "Done 7");
  CHECK(one.toy.missed().none());
  CHECK(one.machine->entries == 4);
}

TEST_CASE("operation: a spurious turn that comes after the I/O is an ordinary one") {
  Faults faults;
  faults.spurious = true;
  OneTask one(faults);
  CHECK(one.run(lazy_plan({{"t/write(f)#1/spurious", 1}},
                          {"t/write(f)#1/delivery", "t/write(f)/spurious#1/turn"})) == "Done 7");
  CHECK(one.machine->entries == 3);
}

TEST_CASE(
    "operation: an I/O that is waited for again after abandonment has an identity of its own") {
  int abandoned = 0;
  Toy toy([&](Sim& sim) {
    abandoned = 0;
    Faults faults;
    faults.abandons = true;
    sim.survives(faults);
    WriteRead machine(sim.open("f"));
    sim.task("t", [&] {
      for (int i = 0; i < 4; ++i) {
        const auto outcome =
            sim.await([&] { return machine.step(); }, {.abandon = [] {}, .abort = {}});
        if (outcome.ok()) break;
        ++abandoned;
      }
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/abandon", 1}}))) == "");
  CHECK(abandoned == 1);
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/abandon", 1},
                                 {"t/write(f)/again#2/abandon", 1},
                                 {"t/write(f)/again#1/abandon", 1}}))) == "");
  CHECK(abandoned == 3);
  CHECK(toy.missed().none());
}

TEST_CASE("operation: two tasks that wait for one I/O are asked about it by different names") {
  std::vector<std::string> ended;
  Toy toy([&](Sim& sim) {
    ended.assign(2, "Done");
    Faults faults;
    faults.abandons = true;
    sim.survives(faults);
    File& file = sim.open("f");
    Completion shared;
    for (std::uint32_t i = 0; i < 2; ++i) {
      sim.task("t", i, [&, i] {
        const auto outcome = sim.await(
            [&]() -> IOResult<Unit> {
              if (!shared) shared = file.pwrite(0, buffer_of("abc"));
              if (!shared.finished()) IO_YIELD_ONE(shared);
              return Unit{};
            },
            {.abandon = [] {}, .abort = {}});
        if (outcome.abandoned()) ended[i] = "abandoned";
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t[1]/after(t[0]/write(f))#1/abandon", 1}}))) == "");
  CHECK(ended == std::vector<std::string>{"Done", "abandoned"});
  CHECK(found(toy.run(lazy_plan({{"t[0]/write(f)#1/abandon", 1}}))) == "");
  CHECK(ended == std::vector<std::string>{"abandoned", "Done"});
}

TEST_CASE("operation: a group is waited for like an I/O and its failure ends it early") {
  DiskScript script([](Script& s) {
    CompletionGroup group;
    group.add(s.write(0, "abc"));
    group.add(s.write(512, "def"));
    const Completion all = group.build();
    s.wait(all);
    s.note(all.drained() ? "drained" : "not drained");
  });
  CHECK(script.run(lazy_plan()) == Notes{"6 bytes", "drained"});
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 1}})) == Notes{"EIO", "not drained"});
  CHECK(script.run(lazy_plan({{"t/write(f)#2/error", 1}})) == Notes{"EIO", "drained"});
}

TEST_CASE("operation: waiting for what has finished gives its error at once") {
  DiskScript script([](Script& s) {
    const Completion write = s.write(0, "abc");
    s.wait(write);
    const std::uint64_t before = s.sim.now().ns;
    s.wait(write);
    s.note(std::to_string(s.sim.now().ns - before));
  });
  CHECK(script.run(lazy_plan({{"t/write(f)#1/error", 1}})) == Notes{"EIO", "EIO", "0"});
}

TEST_CASE("operation: a yield lets every other task that can run go first") {
  std::string order;
  Toy toy([&](Sim& sim) {
    order.clear();
    for (const char* const name : {"a", "b", "c"}) {
      sim.task(name, [&sim, &order, name] {
        order += name;
        sim.yield();
        order += name;
      });
    }
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(order == "abcabc");
}

TEST_CASE("operation: sleeping takes as long as it says") {
  std::uint64_t woke = 0;
  Toy toy([&](Sim& sim) {
    sim.task("t", [&] {
      sim.sleep(Duration(250));
      woke = sim.now().ns;
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())) == "");
  CHECK(woke == 250);
}

TEST_CASE("operation: awaiting within a machine is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) {
            sim.task("t", [&] {
              static_cast<void>(sim.await([&]() -> IOResult<Unit> {
                sim.yield();
                return Unit{};
              }));
            });
            sim.run();
          });
          toy.run(sync_plan());
        }) == doctest::Contains("a task awaits one operation at a time"));
}

TEST_CASE("operation: awaiting outside of a task is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) { sim.yield(); });
          toy.run(sync_plan());
        }) == doctest::Contains("only a task's own code can do this"));
}

TEST_CASE("operation: awaiting in a driven machine is misuse") {
  CHECK(death_of([] {
          Toy toy([](Sim& sim) {
            sim.drive("t", [&]() -> IOResult<Unit> {
              sim.yield();
              return Unit{};
            });
            sim.run();
          });
          toy.run(sync_plan());
        }) == doctest::Contains("not with sim.await"));
}

// drive() is await() without a fiber.

namespace {

std::uint64_t digest_of_run(bool driven, const Plan& plan, Faults faults, std::string& what) {
  Toy toy([&](Sim& sim) {
    sim.survives(faults);
    WriteRead machine(sim.open("f"));
    AwaitOptions options{.abandon = [&] { machine.reset(); }, .abort = [](IOError) {}};
    if (driven) {
      sim.drive(
          "t", [&] { return machine.step(); }, options);
    } else {
      sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.step(); }, options)); });
    }
    sim.run();
  });
  const RunResult result = toy.run(plan);
  what = found(result);
  for (const std::string& event : events_of(result)) what += "\n" + event;
  return result.digest;
}

}  // namespace

TEST_CASE("operation: a driven machine runs exactly as one awaited on a fiber") {
  Faults faults = with_errors(ErrorContract::machine);
  faults.abandons = faults.spurious = true;
  Faults by_driver = faults;
  by_driver.contract = ErrorContract::driver;
  for (const Base base : {Base::sync, Base::lazy}) {
    for (const Faults& survived : {faults, by_driver}) {
      for (const std::vector<PlannedDecision>& decisions :
           {std::vector<PlannedDecision>{},
            {{"t/read(f)#1/flight", 1}},
            {{"t/write(f)#1/error", 1}},
            {{"t/write(f)#1/cancel", 1}},
            {{"t/write(f)#1/abandon", 1}},
            {{"t/write(f)#1/spurious", 1}, {"t/read(f)#1/spurious", 1}}}) {
        const Plan plan{base, decisions, {}};
        std::string driven_events;
        std::string awaited_events;
        const std::uint64_t driven = digest_of_run(true, plan, survived, driven_events);
        const std::uint64_t awaited = digest_of_run(false, plan, survived, awaited_events);
        CHECK(driven_events == awaited_events);
        CHECK(driven == awaited);
      }
    }
  }
}

TEST_CASE("operation: a driven machine's error and abort reach nobody else") {
  IOError aborted = IOError::none;
  Toy toy([&](Sim& sim) {
    sim.survives(with_errors(ErrorContract::driver));
    WriteRead machine(sim.open("f"));
    sim.drive("t", [&] { return machine.step(); },
              {.abandon = {}, .abort = [&](IOError error) { aborted = error; }});
    sim.finally("entered once", [&] { return machine.entries == 1; });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/error", 1}}))) == "");
  CHECK(aborted == IOError::io);
}
