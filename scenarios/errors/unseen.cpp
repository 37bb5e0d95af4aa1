// "It has finished" is not "it went well". Who asks the first only says Done to a write that has
// failed; no result shows it until the bytes are missed.
#include <reprise/reprise.h>

#include <utility>

namespace reprise::errors::unseen {
namespace {

struct Appender {
  File& log;
  Completion pending = {};
};

struct OnlyWaits : Appender {
  IOResult<Unit> append() {
    if (!pending) pending = log.pwrite(0, Buffer::allocate(16));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
};

struct LooksAtTheError : Appender {
  IOResult<Unit> append() {
    if (!pending) pending = log.pwrite(0, Buffer::allocate(16));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion written = std::exchange(pending, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

template <class Machine>
void append_once(Sim& sim) {
  Machine appender{{sim.open("log")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return appender.append(); })); });
  sim.run();
}

CANARY("errors/unseen", "unseen-error", append_once<OnlyWaits>, append_once<LooksAtTheError>);

}  // namespace
}  // namespace reprise::errors::unseen
