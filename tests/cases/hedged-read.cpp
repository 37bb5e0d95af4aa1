// Expect: clean
// A read of two replicas: the first answer counts, and how the other one comes out does not matter.
// And a read that ends when its reader is closed.
#include <reprise/reprise.h>

using namespace reprise;

struct Reader {
  File& one;
  File& other;
  WakeList& closing;
  WakeList::Place closed{closing};
  Completion first = {};

  IOResult<std::uint64_t> read() {
    if (!first) {
      const Completion reads = CompletionGroup::any(
          {one.pread(0, Buffer::allocate(64)), other.pread(0, Buffer::allocate(64))}, Losers::left);
      first = CompletionGroup::any({reads, closed.request()}, Losers::cancelled);
    }
    if (!first.finished()) IO_YIELD_ONE(first);
    const bool is_closed = CompletionGroup::winner(first) == 1;
    closed.leave();
    IOResult<std::uint64_t> answer = take_finished(first);
    if (is_closed) return IOError::cancelled;
    return answer;
  }
};

SCENARIO("waiting/hedged_read") {
  WakeList closing("closing");
  Reader reader{sim.open("one"), sim.open("other"), closing};
  sim.survives({.errors = true, .refusals = true, .short_io = true, .cancels = true});
  sim.results_depend_on_timing();  // whichever comes first
  sim.task("reader", [&] {
    for (int n = 0; n < 2; ++n) static_cast<void>(sim.await([&] { return reader.read(); }));
  });
  sim.task("closer", [&] {
    sim.yield();
    closing.wake_all();
  });
  sim.run();
}
