// `index += 1` before the read that it was meant for: each re-entry steps on, and items are
// skipped.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::reentry::index_step {
namespace {

struct Cursor {
  NumberFile file;
  Tracked<std::uint64_t> index{"index"};
};

struct StepThenRead : Cursor {
  IOResult<std::uint64_t> next() {
    index += 1;
    const std::uint64_t number = RETURN_IF_IO(file.read(index - 1));
    return number;
  }
};

struct ReadThenStep : Cursor {
  IOResult<std::uint64_t> next() {
    const std::uint64_t number = RETURN_IF_IO(file.read(index));
    index += 1;
    return number;
  }
};

template <class Machine>
void scan(Sim& sim) {
  File& file = sim.open("numbers");
  NumberFile numbers(file);
  Machine cursor{{NumberFile(file)}};
  sim.task("reader", [&] {
    for (std::uint64_t i = 0; i < 3; ++i) {
      sim.expect(sim.await([&] { return numbers.write(i, 10 * i); }).ok(), "the number is written");
    }
    for (std::uint64_t i = 0; i < 3; ++i) {
      sim.expect_eq(sim.await([&] { return cursor.next(); }), 10 * i);
    }
  });
  sim.run();
}

CANARY("reentry/index-step", "double-mutation", scan<StepThenRead>, scan<ReadThenStep>);

}  // namespace
}  // namespace reprise::reentry::index_step
