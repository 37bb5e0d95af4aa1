// Looks, yields, then waits: what happened during the yield woke nobody, and nothing will.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::progress {
namespace {

// One item at a time goes from a producer to a consumer, which logs that it is about to wait.
struct Mailbox {
  NumberFile log;
  CompletionPool pool = {};
  Completion arrival = {};  // of the next item, if somebody waits for it
  Tracked<std::uint64_t> items{"items"};
  Tracked<bool> logged{"logged"};

  void put() {
    items += 1;
    if (const Completion waiting = std::exchange(arrival, {})) waiting.finish(0);
  }
};

struct LooksBeforeYield : Mailbox {
  IOResult<Unit> take() {
    if (items == 0 && !logged) {
      RETURN_IF_IO(log.write(0, items));  // an item that comes meanwhile finds nobody waiting
      logged = true;
      arrival = pool.make();
    }
    if (arrival) IO_YIELD_ONE(arrival);
    items -= 1;
    return Unit{};
  }
};

struct LooksAfterYield : Mailbox {
  IOResult<Unit> take() {
    if (items == 0 && !logged) {
      RETURN_IF_IO(log.write(0, items));
      logged = true;
    }
    if (items == 0 && !arrival) arrival = pool.make();
    if (arrival) IO_YIELD_ONE(arrival);
    items -= 1;
    return Unit{};
  }
};

template <class Machine>
void pass_one_item(Sim& sim) {
  Machine mailbox{{NumberFile(sim.open("log"))}};
  sim.task("consumer", [&] {
    sim.expect(sim.await([&] { return mailbox.take(); }).ok(), "the item is taken");
  });
  sim.task("producer", [&] {
    sim.yield();
    mailbox.put();
  });
  sim.run();
}

CANARY("progress/lost-wake", "progress", pass_one_item<LooksBeforeYield>,
       pass_one_item<LooksAfterYield>);

}  // namespace
}  // namespace reprise::progress
