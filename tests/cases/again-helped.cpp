// Expect: clean
// Foreign calls that answer "again" and are helped: by another task, which comes later, and by the
// library itself, which works in small pieces. And a sender that gives up and sends something else.
#include <reprise/reprise.h>

#include <chrono>
#include <cstddef>

using namespace reprise;

namespace {

struct Channel {
  std::size_t room = 0;
  std::size_t pieces = 0;

  int flush(std::size_t size) { return room < size ? -1 : 0; }
  int compress() { return ++pieces % 8 == 0 ? 0 : -1; }
};

struct Sender {
  Channel& channel;
  Sim& sim;
  std::size_t size;
  std::size_t tries = 0;

  IOResult<Unit> send() {
    if (sim.same_arguments_again("channel_flush", channel.flush(size) < 0, {size})) {
      if (++tries == 40) return IOError::timed_out;
      IO_YIELD_ONE(Completion::yield());
    }
    return Unit{};
  }
  IOResult<Unit> compress() {
    if (sim.same_arguments_again("channel_compress", channel.compress() < 0, {})) {
      IO_YIELD_ONE(Completion::yield());
    }
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/again-helped") {
  Channel channel;
  File& file = sim.open("log");
  sim.survives({.errors = true, .abandons = true});
  sim.task("sender", [&] {
    for (const std::size_t size : {4, 3, 2}) {
      Sender sender{channel, sim, size};
      (void)sim.await([&] { return sender.compress(); });
      (void)sim.await([&] { return sender.send(); });
    }
  });
  sim.task("reader", [&] {
    Buffer buffer = Buffer::allocate(16);
    Completion reading;
    (void)sim.await([&]() -> IOResult<Unit> {
      if (!reading) reading = file.pread(0, buffer);
      if (!reading.finished()) IO_YIELD_ONE(reading);
      return Unit{};
    });
    sim.sleep(std::chrono::milliseconds(1));
    channel.room = 2;
  });
  sim.run();
}
