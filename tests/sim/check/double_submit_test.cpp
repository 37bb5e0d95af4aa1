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

/// One operation of a task `t` on a file `f`; what it keeps from entry to entry.
struct Kept {
  File& file;
  Sim& sim;
  Completion first, second;
  int entries = 0;
};
using Entry = std::function<IOResult<Unit>(Kept&)>;

RunResult entered(const Entry& entry, const Faults& faults = {}, RunOptions options = {}) {
  Toy toy([&](Sim& sim) {
    sim.survives(faults);
    Kept kept{sim.open("f"), sim, {}, {}};
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        ++kept.entries;
        return entry(kept);
      }));
    });
    sim.run();
  });
  return toy.run(lazy_plan(), options);
}

std::string signature_of(const RunResult& result) {
  return result.finding ? result.finding->signature : "";
}

IOResult<Unit> forgets(Kept& kept) {
  if (kept.entries == 3) return Unit{};
  Completion read = kept.file.pread(8, Buffer::allocate(16));
  if (!read.finished()) IO_YIELD_ONE(read);
  return Unit{};
}

}  // namespace

TEST_CASE("double-submit: an I/O whose completion was forgotten is found when it comes again") {
  const RunResult result = entered(forgets);
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->check == "double-submit");
  CHECK(result.finding->signature == "double-submit toy: read(f)");
  CHECK(result.finding->message ==
        "one operation submitted the same `read(f)` twice, and never looked at how the first one "
        "came out");
  CHECK(result.finding->evidence ==
        std::vector<std::string>{"task `t`", "entry 1 submits `read(f)#1`: 16 bytes at offset 8",
                                 "it has finished, and nobody asked",
                                 "entry 2 submits `read(f)#2`: 16 bytes at offset 8"});
  REQUIRE(result.finding->places.size() == 1);
  CHECK(result.finding->places[0].note == "yielded here, and was entered again");
}

TEST_CASE("double-submit: where it is off nothing is found") {
  RunOptions options;
  options.checks.off = {"double-submit"};
  CHECK(signature_of(entered(forgets, {}, options)) == "");
}

TEST_CASE("double-submit: a write before an await that yields is found while it is in flight") {
  const RunResult result = entered([](Kept& kept) -> IOResult<Unit> {
    const auto other = [&]() -> IOResult<Unit> {
      if (!kept.second) kept.second = kept.file.sync();
      if (!kept.second.finished()) IO_YIELD_ONE(kept.second);
      return Unit{};
    };
    const auto both = [&]() -> IOResult<Unit> {
      if (kept.entries < 3) kept.first = kept.file.pwrite(0, Buffer::allocate(8));
      RETURN_IF_IO(other());
      return Unit{};
    };
    RETURN_IF_IO(both());
    return Unit{};
  });
  CHECK(signature_of(result) == "double-submit toy: write(f)");
  REQUIRE(result.finding->places.size() == 2);
  CHECK(result.finding->places[0].note == "submitted in this call (entry 1), and again (entry 2)");
}

TEST_CASE("double-submit: what was looked at may be submitted again") {
  CHECK(signature_of(entered([](Kept& kept) -> IOResult<Unit> {
          while (kept.entries < 5) {
            if (!kept.first) kept.first = kept.file.pread(0, Buffer::allocate(8));
            if (!kept.first.finished()) IO_YIELD_ONE(kept.first);
            kept.first = {};
          }
          return Unit{};
        })) == "");
}

TEST_CASE("double-submit: an I/O is tried again after EINTR") {
  CHECK(signature_of(entered(
            [](Kept& kept) -> IOResult<Unit> {
              for (;;) {
                if (!kept.first) kept.first = kept.file.sync();
                if (!kept.first.finished()) IO_YIELD_ONE(kept.first);
                if (!is_retryable(std::exchange(kept.first, {}).get_error())) return Unit{};
              }
            },
            {.retries = true})) == "");
}

TEST_CASE("double-submit: other bytes or another kind are another I/O") {
  CHECK(signature_of(entered([](Kept& kept) -> IOResult<Unit> {
          switch (kept.entries) {
            case 1: return kept.file.pread(0, Buffer::allocate(8));
            case 2: return kept.file.pread(8, Buffer::allocate(8));
            case 3: return kept.file.pread(0, Buffer::allocate(4));
            case 4: return kept.file.pwrite(0, Buffer::allocate(8));
            case 5: return kept.sim.open("g").pread(0, Buffer::allocate(8));
            default: return Unit{};
          }
        })) == "");
}

TEST_CASE("double-submit: two of them in one entry are meant") {
  CHECK(signature_of(entered([](Kept& kept) -> IOResult<Unit> {
          if (kept.entries == 2) return Unit{};
          kept.first = kept.file.pread(0, Buffer::allocate(8));
          kept.second = kept.file.pread(0, Buffer::allocate(8));
          return kept.second;
        })) == "");
}

TEST_CASE("double-submit: each operation is on its own") {
  Toy toy([](Sim& sim) {
    File& file = sim.open("f");
    for (const char* const name : {"a", "b"}) {
      sim.task(name, [&] {
        for (int i = 0; i < 2; ++i) {
          bool is_entered = false;
          static_cast<void>(sim.await([&]() -> IOResult<Unit> {
            if (std::exchange(is_entered, true)) return Unit{};
            return file.sync();
          }));
        }
      });
    }
    sim.run();
  });
  CHECK(signature_of(toy.run(lazy_plan())) == "");
}

TEST_CASE(
    "double-submit: who is told or asks or gives up or does not care has seen the first one") {
  const auto twice = [](const std::function<Completion(Kept&)>& submit) {
    return signature_of(entered([&](Kept& kept) -> IOResult<Unit> {
      if (kept.entries == 3) return Unit{};
      const Completion submitted = submit(kept);
      CompletionGroup group;
      group.add(submitted);
      return submitted;
    }));
  };
  CHECK(twice([](Kept& kept) { return kept.file.sync(); }) == "double-submit toy: sync(f)");
  CHECK(twice([](Kept& kept) { return kept.file.sync([](const Completion&) {}); }) == "");
  CHECK(twice([](Kept& kept) {
          if (kept.first) static_cast<void>(kept.first.get_error());
          return kept.first = kept.file.sync();
        }) == "");
  CHECK(twice([](Kept& kept) {
          kept.first = kept.file.sync();
          kept.first.ignore();
          return kept.first;
        }) == "");
  CHECK(twice([](Kept& kept) {
          kept.first = kept.file.sync();
          kept.first.cancel();
          return kept.first;
        }) == "");
  CHECK(twice([](Kept& kept) { return kept.sim.io().timer(Duration(1)); }) == "");
}

TEST_CASE("double-submit: a group that was looked at is enough and one that was built is not") {
  const auto twice = [](bool looks) {
    return signature_of(entered([&](Kept& kept) -> IOResult<Unit> {
      if (kept.second && looks && !kept.second.succeeded()) return IOError::io;
      if (kept.entries == 3) return Unit{};
      return kept.second = group_of({kept.file.sync(), kept.file.truncate(8)});
    }));
  };
  CHECK(twice(true) == "");
  CHECK(twice(false) == "double-submit toy: sync(f)");
}

TEST_CASE("double-submit: a group built again of I/Os in flight is no second submit") {
  CHECK(signature_of(entered([](Kept& kept) -> IOResult<Unit> {
          if (!kept.first) {
            kept.first = kept.file.pwrite(0, Buffer::allocate(8));
            kept.second = kept.file.pwrite(8, Buffer::allocate(8));
          }
          const Completion both = group_of({kept.first, kept.second});
          if (!both.finished()) IO_YIELD_ONE(both);
          return Unit{};
        })) == "");
}

TEST_CASE("double-submit: a driver that sees the errors looks for its machine") {
  const auto steps = [](ErrorContract contract) {
    return signature_of(entered(
        [](Kept& kept) -> IOResult<Unit> {
          if (kept.entries == 3) return Unit{};
          return kept.file.sync();
        },
        {.contract = contract}));
  };
  CHECK(steps(ErrorContract::driver) == "");
  CHECK(steps(ErrorContract::machine) == "double-submit toy: sync(f)");
}
