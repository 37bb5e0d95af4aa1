#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/group_of.h"
#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

using UnseenErrorEntry = std::function<IOResult<Unit>(File&, Completion&)>;

/// Two operations of a task `t` on a file `f`, each with a completion of its own. Where a machine
/// looks at errors it is sound; the plan makes one fail.
RunResult entered(const UnseenErrorEntry& entry, std::vector<PlannedDecision> decisions,
                  const Faults& faults = {.errors = true}, RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    sim.survives(faults);
    File& file = sim.open("f");
    Completion kept[2];
    sim.task("t", [&] {
      for (Completion& pending : kept) {
        static_cast<void>(sim.await([&] { return entry(file, pending); }));
      }
    });
    sim.run();
  });
  return toy.run(lazy_plan(std::move(decisions)), options);
}

std::string signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

IOResult<Unit> swallows(File& file, Completion& pending) {
  if (!pending) pending = file.pwrite(0, Buffer::allocate(8));
  if (!pending.finished()) IO_YIELD_ONE(pending);
  pending = {};
  return Unit{};
}

const std::vector<PlannedDecision> write_fails = {{"t/write(f)#1/error", 1}};

}  // namespace

TEST_CASE("unseen-error: an error that nobody looked at before Done is found") {
  const RunResult result = entered(swallows, write_fails);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "unseen-error");
  CHECK(result.finding->signature == "unseen-error toy: error of write(f)");
  CHECK(result.finding->message ==
        "the error of `write(f)` was never looked at, and its operation said Done");
  REQUIRE(result.finding->evidence.size() == 3);
  CHECK(result.finding->evidence[0] == "task `t`, its operation number 1");
  CHECK(result.finding->evidence[1] == "`t/write(f)#1` failed with EIO");
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "here when `write(f)` failed");
}

TEST_CASE("unseen-error: where it is off or nothing fails nothing is found") {
  RunOptions options;
  options.checks.off = {"unseen-error"};
  CHECK(signature_of(entered(swallows, write_fails, {.errors = true}, options)) == "");
  CHECK(signature_of(entered(swallows, {})) == "");
}

TEST_CASE("unseen-error: an I/O refused at submit is a failure too") {
  CHECK(signature_of(entered(swallows, {{"t/write(f)#2/refusal", 2}}, {.refusals = true})) ==
        "unseen-error toy: error of write(f)");
}

TEST_CASE("unseen-error: who asks or is told or gives up or does not care is left alone") {
  const auto with = [](const UnseenErrorEntry& entry) {
    return signature_of(entered(entry, write_fails));
  };
  CHECK(with([](File& file, Completion& pending) -> IOResult<Unit> {
          if (!pending) pending = file.pwrite(0, Buffer::allocate(8));
          if (!pending.finished()) IO_YIELD_ONE(pending);
          static_cast<void>(std::exchange(pending, {}).succeeded());
          return Unit{};
        }) == "");
  CHECK(with([](File& file, Completion& pending) -> IOResult<Unit> {
          if (!pending) pending = file.pwrite(0, Buffer::allocate(8), [](const Completion&) {});
          if (!pending.finished()) IO_YIELD_ONE(pending);
          pending = {};
          return Unit{};
        }) == "");
  CHECK(with([](File& file, Completion& pending) -> IOResult<Unit> {
          if (!pending) {
            pending = file.pwrite(0, Buffer::allocate(8));
            pending.ignore();
          }
          if (!pending.finished()) IO_YIELD_ONE(pending);
          pending = {};
          return Unit{};
        }) == "");
  CHECK(with([](File& file, Completion& pending) -> IOResult<Unit> {
          if (!pending) pending = group_of({file.pwrite(0, Buffer::allocate(8)), file.sync()});
          if (!pending.finished()) IO_YIELD_ONE(pending);
          static_cast<void>(std::exchange(pending, {}).get_error());
          return Unit{};
        }) == "");
  CHECK(with([](File& file, Completion& pending) -> IOResult<Unit> {
          if (!pending) pending = file.pwrite(0, Buffer::allocate(8));
          if (!pending.finished()) IO_YIELD_ONE(pending);
          pending = {};
          return IOError::invalid;
        }) == "");
}

TEST_CASE("unseen-error: a drain says nothing of the errors below it") {
  CHECK(signature_of(entered(
            [](File& file, Completion& pending) -> IOResult<Unit> {
              if (!pending) {
                pending = CompletionGroup::drain(file.pwrite(0, Buffer::allocate(8)));
              }
              if (!pending.succeeded()) IO_YIELD_ONE(pending);
              pending = {};
              return Unit{};
            },
            write_fails)) == "unseen-error toy: error of write(f)");
}

TEST_CASE("unseen-error: an I/O that fails after its operation has said Done counts at the end") {
  const UnseenErrorEntry leaves = [](File& file, Completion& pending) -> IOResult<Unit> {
    pending = file.pwrite(0, Buffer::allocate(8));
    return Unit{};
  };
  const RunResult result = entered(leaves, write_fails);
  CHECK(signature_of(result) == "unseen-error toy: error of write(f)");
  CHECK(result.finding->evidence[1] ==
        "`t/write(f)#1` failed with EIO, after its operation had said Done");
  const RunResult refused = entered(
      [&](File& file, Completion& pending) -> IOResult<Unit> {
        static_cast<void>(leaves(file, pending).is_done());
        return IOError::invalid;
      },
      write_fails);
  CHECK(signature_of(refused) == "");
}

TEST_CASE("unseen-error: a later operation may still look") {
  const auto found_if = [](bool looks) {
    Toy toy([looks](Sim& sim) {
      sim.survives({.errors = true});
      File& file = sim.open("f");
      Completion shared;
      sim.task("t", [&] {
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          if (!shared) shared = file.pwrite(0, Buffer::allocate(8));
          if (!shared.finished()) IO_YIELD_ONE(shared);
          return Unit{};
        }));
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          if (looks) return shared.succeeded() ? IOError::none : IOError::io;
          return Unit{};
        }));
      });
      sim.run();
    });
    return signature_of(toy.run(lazy_plan(write_fails)));
  };
  CHECK(found_if(true) == "");
  CHECK(found_if(false) == "unseen-error toy: error of write(f)");
}

TEST_CASE("unseen-error: what the driver sees its machine need not") {
  const auto steps = [](ErrorContract contract) {
    return signature_of(entered(swallows, write_fails, {.errors = true, .contract = contract}));
  };
  CHECK(steps(ErrorContract::driver) == "");
  CHECK(steps(ErrorContract::machine) == "unseen-error toy: error of write(f)");
}

TEST_CASE("unseen-error: a read in flight leaves poison where its bytes will be") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    sim.task("t", [&] {
      const Buffer buffer = Buffer::allocate(4);
      const Completion read = file.pread(0, buffer);
      sim.expect(read.finished() || buffer.bytes()[3] == std::byte{0xDB}, "poison");
      static_cast<void>(sim.wait(read));
    });
    sim.run();
  });
  CHECK(signature_of(toy.run(lazy_plan())) == "");
  CHECK(signature_of(toy.run(sync_plan())) == "");
}
