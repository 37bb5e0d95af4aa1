// Coroutines as machines of a simulated world: core/coroutine.h.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using Log = std::vector<std::string>;

struct Local {
  Log& log;
  explicit Local(Log& its_log) : log(its_log) {}
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { log.emplace_back("freed"); }
};

Coroutine<std::uint64_t> write_twice(File& file, Log& log) {
  const Local local(log);
  const Buffer bytes = Buffer::allocate(8);
  log.emplace_back("first");
  const std::uint64_t first = co_await or_return(file.pwrite(0, bytes));
  log.emplace_back("second");
  const Result<std::uint64_t> second = co_await file.pwrite(8, bytes);
  log.emplace_back(second.ok() ? "written" : to_string(second.error()));
  co_return first + (second.ok() ? second.value() : 0);
}

/// One task "t" that awaits a coroutine, which the log is about.
struct Writing {
  Log log;
  Faults faults;
  std::optional<Outcome<std::uint64_t>> outcome;
  Toy toy{[this](Sim& sim) {
    log.clear();
    outcome.reset();
    sim.survives(faults);
    File& file = sim.open("f");
    sim.task("t", [&] {
      std::optional<Coroutine<std::uint64_t>> writing = write_twice(file, log);
      outcome = sim.await([&] { return writing->step(); },
                          {.abandon = [&] { writing.reset(); }, .abort = {}});
    });
    sim.run();
  }};
};

}  // namespace

TEST_CASE("coroutine in a world: it goes on at each delivery and ends") {
  Writing writing;
  for (const Plan& plan : {sync_plan(), lazy_plan()}) {
    const RunResult result = writing.toy.run(plan);
    CHECK(found(result).empty());
    CHECK(writing.outcome == 16u);
    CHECK(writing.log == Log{"first", "second", "written", "freed"});
  }
}

TEST_CASE("coroutine in a world: an error is a value where it is looked at") {
  Writing writing;
  writing.faults.errors = true;
  CHECK(found(writing.toy.run(lazy_plan({{"t/write(f)#2/error", 1}}))).empty());
  CHECK(writing.toy.missed().none());
  CHECK(writing.outcome == 8u);
  CHECK(writing.log == Log{"first", "second", "EIO", "freed"});
}

TEST_CASE("coroutine in a world: or_return makes an error the operation's") {
  Writing writing;
  writing.faults.errors = true;
  CHECK(found(writing.toy.run(lazy_plan({{"t/write(f)#1/error", 1}}))).empty());
  CHECK(writing.outcome->error() == IOError::io);
  CHECK(writing.log == Log{"first", "freed"});
}

TEST_CASE("coroutine in a world: it can be abandoned at a wait") {
  Writing writing;
  writing.faults.abandons = true;
  CHECK(found(writing.toy.run(lazy_plan({{"t/write(f)#2/abandon", 1}}))).empty());
  CHECK(writing.toy.missed().none());
  CHECK(writing.outcome->abandoned());
  CHECK(writing.log == Log{"first", "second", "freed"});
}

TEST_CASE("coroutine in a world: entered with nothing finished it stays where it is") {
  Writing writing;
  writing.faults.spurious = true;
  const RunResult result = writing.toy.check(lazy_plan({{"t/write(f)#1/spurious", 1}}));
  CHECK(writing.toy.missed().none());
  CHECK(found(result).empty());
  CHECK(writing.outcome == 16u);
}

TEST_CASE("coroutine in a world: yields are injected where an await is over") {
  Writing writing;
  const RunResult result = writing.toy.run(sync_plan({{"t/Coroutine/co_await#2/yield", 1}}));
  CHECK(found(result).empty());
  CHECK(writing.toy.missed().none());
  CHECK(result.stats.entries == 2);
  CHECK(writing.log == Log{"first", "second", "written", "freed"});
}

TEST_CASE("coroutine in a world: random timing changes nothing of what it does") {
  Writing writing;
  writing.faults = {.spurious = true};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CHECK(found(writing.toy.check(*random_of(seed, "chaos"))).empty());
    CHECK(writing.outcome == 16u);
  }
}

TEST_CASE("coroutine in a world: one can be driven without a fiber") {
  Log log;
  std::optional<Coroutine<std::uint64_t>> writing;
  Toy toy([&](Sim& sim) {
    log.clear();
    writing = write_twice(sim.open("f"), log);
    sim.drive("t", [&] { return writing->step(); });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())).empty());
  CHECK(log == Log{"first", "second", "written", "freed"});
}

TEST_CASE("coroutine in a world: what its body throws is a finding") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const auto body = [&]() -> Coroutine<> {
        co_await or_return(file.sync());
        throw std::runtime_error("thrown in a body");
      };
      Coroutine<> failing = body();
      static_cast<void>(sim.await([&] { return failing.step(); }));
    });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(found(result) == "crash");
  CHECK(result.finding->message.find("thrown in a body") != std::string::npos);
}

TEST_CASE("coroutine in a world: double mutation is seen in a machine that it awaits") {
  struct Counter {
    Completion read;
    Tracked<int> value{"value"};
    IOResult<Unit> load(File& file) {
      if (!read) read = file.pread(0, Buffer::allocate(8));
      if (!read.finished()) IO_YIELD_ONE(read);
      return Unit{};
    }
    IOResult<int> bump(File& file) {
      value += 1;
      RETURN_IF_IO(load(file));
      return *value;
    }
  };
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    Counter counter;
    sim.task("t", [&] {
      const auto body = [&]() -> Coroutine<int> {
        co_await or_return(file.sync());
        co_return co_await [&] { return counter.bump(file); };
      };
      Coroutine<int> bumping = body();
      static_cast<void>(sim.await([&] { return bumping.step(); }));
    });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan())).empty());
  CHECK(found(toy.run(lazy_plan())) == "double-mutation");
}
