// A machine counts a number, and then std::vector throws std::bad_alloc: the machine says that it
// has no memory, and counts the number again when it is called again. Its mended twin does first
// what can fail.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::memory::counted_first {
namespace {

constexpr std::size_t numbers_wanted = 3;
constexpr int attempts_max = 8;

template <bool counts_first>
struct Collector {
  NumberFile file;
  std::vector<std::uint64_t> numbers = {};
  std::size_t count = 0;

  IOResult<Unit> add_next() {
    const std::uint64_t number = RETURN_IF_IO(file.read(numbers.size()));
    try {
      if (counts_first) ++count;
      numbers.push_back(number);
      if (!counts_first) ++count;
    } catch (const std::bad_alloc&) {
      return IOError::no_memory;
    }
    return Unit{};
  }
};

template <bool counts_first>
void collect(Sim& sim) {
  sim.survives({.no_memory = true});
  Collector<counts_first> collector{NumberFile(sim.open("numbers"))};
  sim.task("client", [&] {
    for (int i = 0; i < attempts_max && collector.numbers.size() < numbers_wanted; ++i) {
      const Outcome<Unit> added = sim.await([&] { return collector.add_next(); });
      if (!added.ok()) sim.expect(added.error() == IOError::no_memory, "nothing else fails");
    }
    sim.expect_eq(collector.count, collector.numbers.size());
  });
  sim.run();
}

CANARY("memory/counted-first", "invariant", collect<true>, collect<false>);

}  // namespace
}  // namespace reprise::memory::counted_first
