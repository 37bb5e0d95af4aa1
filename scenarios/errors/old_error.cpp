// A completion that has failed stays where it is: the next operation finds it, takes it for its
// own, and answers with the old error.
#include <reprise/reprise.h>

#include <utility>

namespace reprise::errors::old_error {
namespace {

struct Header {
  File& file;
  Completion pending = {};

  void start() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
  }
};

struct LooksFirst : Header {
  IOResult<Unit> load() {
    start();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    pending = {};
    return Unit{};
  }
};

struct TakesItOut : Header {
  IOResult<Unit> load() {
    start();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion loaded = std::exchange(pending, {});
    if (!loaded.succeeded()) return loaded.get_error();
    return Unit{};
  }
};

template <class Machine>
void load_twice(Sim& sim) {
  Machine header{{sim.open("header")}};
  sim.survives({.errors = true, .refusals = true});
  sim.next_operation_works();
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return header.load(); }));
  });
  sim.run();
}

CANARY("errors/old-error", "next-operation", load_twice<LooksFirst>, load_twice<TakesItOut>);

}  // namespace
}  // namespace reprise::errors::old_error
