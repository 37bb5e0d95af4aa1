// A buffer is filled again while the write of what was in it before is still in flight: which of
// both is written is a matter of luck.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::errors::buffer_in_flight {
namespace {

// Writes numbers one behind the other, and goes on to the next while the last is written.
struct Logger {
  File& log;
  Buffer record = Buffer::allocate(sizeof(std::uint64_t));
  std::uint64_t at = 0;
  Completion pending = {};

  void submit(std::uint64_t number) {
    std::memcpy(record.data(), &number, sizeof number);
    pending = log.pwrite(at, record);
    at += sizeof number;
  }
  // What was submitted before is written.
  IOResult<Unit> written() {
    if (!pending) return Unit{};
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct FillsAtOnce : Logger {
  IOResult<Unit> append(std::uint64_t number) {
    const Completion before = pending;
    submit(number);
    if (before && before.finished() && !before.succeeded()) return before.get_error();
    return Unit{};
  }
};

struct WaitsFirst : Logger {
  IOResult<Unit> append(std::uint64_t number) {
    RETURN_IF_IO(written());
    submit(number);
    return Unit{};
  }
};

template <class Machine>
void append_three(Sim& sim) {
  Machine logger{{sim.open("log")}};
  sim.task("client", [&] {
    for (std::uint64_t number = 1; number <= 3; ++number) {
      static_cast<void>(sim.await([&] { return logger.append(number); }));
    }
    static_cast<void>(sim.await([&] { return logger.written(); }));
  });
  sim.run();
}

CANARY("errors/buffer-in-flight", "buffer-ownership", append_three<FillsAtOnce>,
       append_three<WaitsFirst>);

}  // namespace
}  // namespace reprise::errors::buffer_in_flight
