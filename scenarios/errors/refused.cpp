// An I/O may be refused at submit: it has failed before the machine has had a chance to yield. What
// was set just before the submit must be put back there and then, too.
#include <reprise/reprise.h>

#include <utility>

namespace reprise::errors::refused {
namespace {

struct Syncer {
  File& file;
  Completion pending = {};
  Tracked<bool> syncing{"syncing"};
};

struct KeepsFlag : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      syncing = true;
      pending = file.sync();
      if (pending.finished() && !pending.succeeded()) {
        return std::exchange(pending, {}).get_error();  // and nobody clears `syncing`
      }
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    syncing = false;
    const Completion synced = std::exchange(pending, {});
    if (!synced.succeeded()) return synced.get_error();
    return Unit{};
  }
};

struct ClearsFlag : Syncer {
  IOResult<Unit> sync() {
    if (!pending) {
      syncing = true;
      pending = file.sync();
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    syncing = false;
    const Completion synced = std::exchange(pending, {});
    if (!synced.succeeded()) return synced.get_error();
    return Unit{};
  }
};

template <class Machine>
void sync_twice(Sim& sim) {
  Machine machine{{sim.open("log")}};
  sim.survives({.refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      [[maybe_unused]] const auto outcome = sim.await([&] { return machine.sync(); });
    }
  });
  sim.finally("nobody is syncing any more", [&] { return !machine.syncing; });
  sim.run();
}

CANARY("errors/refused", "invariant", sync_twice<KeepsFlag>, sync_twice<ClearsFlag>);

}  // namespace
}  // namespace reprise::errors::refused
