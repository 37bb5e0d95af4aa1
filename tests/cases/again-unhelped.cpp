// Expect: endless-run: `channel_flush` has answered "again"
// A C library says "again" until its socket can be written, and nobody has submitted that write:
// with an explicit yield the call is made again and again, and nothing can change.
#include <reprise/reprise.h>

#include <cstddef>

using namespace reprise;

namespace {

/// Stands in for a library: "again" until somebody has made room.
struct Channel {
  std::size_t room = 0;
  std::size_t calls = 0;

  int flush(std::size_t size) {
    ++calls;
    return room < size ? -1 : 0;
  }
};

struct Sender {
  Channel& channel;
  Sim& sim;

  IOResult<Unit> send() {
    if (sim.same_arguments_again("channel_flush", channel.flush(3) < 0, {3})) {
      IO_YIELD_ONE(Completion::yield());
    }
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/again-unhelped") {
  Channel channel;
  Sender sender{channel, sim};
  sim.task("sender", [&] { (void)sim.await([&] { return sender.send(); }); });
  sim.run();
}
