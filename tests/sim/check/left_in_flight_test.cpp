#include <doctest/doctest.h>

#include <functional>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

/// An operation that says Done at once, and then one that may ask.
RunResult left_behind(const std::function<Completion(File&)>& submit,
                      const std::function<void(const Completion&)>& then,
                      const Plan& plan = lazy_plan()) {
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    Completion left;
    sim.task("t", [&] {
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        left = submit(file);
        return Unit{};
      }));
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        if (!left.finished()) IO_YIELD_ONE(left);
        then(left);
        return Unit{};
      }));
    });
    sim.run();
  });
  return toy.run(plan);
}

Completion write_of(File& file) { return file.pwrite(0, Buffer::allocate(8)); }

}  // namespace

TEST_CASE("unseen-error: Done with a write in flight of which nobody learns is a note") {
  const auto nobody = [](const Completion&) {};
  const RunResult result = left_behind(write_of, nobody);
  CHECK_FALSE(result.finding.has_value());
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].check == "unseen-error");
  CHECK(result.notes[0].signature == "unseen-error toy: Done before write(f)");
  CHECK(result.notes[0].message ==
        "an operation said Done while its `write(f)` was in flight, and nobody asked how it came "
        "out");
  CHECK(left_behind([](File& file) { return file.sync(); }, nobody).notes.size() == 1);
}

TEST_CASE("unseen-error: what is asked later or ignored or finished in time is left alone") {
  const auto nobody = [](const Completion&) {};
  CHECK(left_behind(write_of, [](const Completion& c) {
          static_cast<void>(c.succeeded());
        }).notes.empty());
  CHECK(left_behind(write_of, [](const Completion& c) { c.ignore(); }).notes.empty());
  CHECK(left_behind(write_of, nobody, sync_plan()).notes.empty());
  CHECK(left_behind([](File& file) { return file.pread(0, Buffer::allocate(8)); }, nobody)
            .notes.empty());
}
