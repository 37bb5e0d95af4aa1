#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using EarlyResultEntry = std::function<IOResult<Unit>(File&, Completion&)>;

/// An operation of a task `t` on a file `f`, with a completion.
RunResult entered(const EarlyResultEntry& entry, RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    Completion pending;
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return entry(file, pending); })); });
    sim.run();
  });
  return toy.run(lazy_plan(), std::move(options));
}

std::string early_signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

}  // namespace

TEST_CASE("early-result: a result that is asked for before it is there is found") {
  const auto ask = [](File& file, Completion& pending) -> IOResult<Unit> {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    const std::uint64_t bytes = pending.result();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    return bytes > 8 ? IOResult<Unit>(IOError::corrupt) : IOResult<Unit>(Unit{});
  };
  const RunResult result = entered(ask);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "early-result");
  CHECK(result.finding->signature == "early-result toy: result of `read(f)`");
  CHECK(result.finding->message == "result() was asked of `read(f)`, which has not finished");
  CHECK(
      result.finding->evidence ==
      std::vector<std::string>{"task `t`, entry 1", "`t/read(f)#1` is in flight: the answer is 0"});
  RunOptions options;
  options.checks.off = {"early-result"};
  CHECK(early_signature_of(entered(ask, options)) == "");
}

TEST_CASE("early-result: a result that is asked for in time is sound and a scenario may look") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    Completion pending;
    sim.always("a result is small", [&] { return !pending || pending.result() <= 8; });
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!pending) pending = file.pread(0, Buffer::allocate(8));
        if (!pending.finished()) IO_YIELD_ONE(pending);
        return pending.result() == 0 ? IOResult<Unit>(Unit{}) : IOResult<Unit>(IOError::corrupt);
      }));
    });
    sim.run();
  });
  CHECK(early_signature_of(toy.run(lazy_plan())) == "");
}
