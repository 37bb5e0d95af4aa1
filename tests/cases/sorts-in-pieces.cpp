// Expect: clean
// A long computation under a deadline lets others run now and then. It looks at the deadline, and
// only the timer is in flight; but it gets on.
#include <reprise/reprise.h>

#include <chrono>
#include <cstdint>
#include <vector>

using namespace reprise;

namespace {

struct Sorter {
  std::vector<std::uint32_t> heap = {};
  Completion deadline = {};

  IOResult<Unit> sort(IO& io) {
    if (!deadline) deadline = io.timer(std::chrono::seconds(5));
    while (heap.size() < 400) {
      if (deadline.finished()) return IOError::timed_out;
      for (int i = 0; i < 4; ++i) {
        heap.push_back(static_cast<std::uint32_t>(heap.size()) * 7919 % 1000);
      }
      IO_YIELD_ONE(Completion::yield());
    }
    deadline.cancel();
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/sorts-in-pieces") {
  sim.task("sorter", [&] {
    Sorter sorter;
    (void)sim.await([&] { return sorter.sort(sim.io()); });
  });
  sim.run();
}
