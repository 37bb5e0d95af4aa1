// Looks, yields, then waits: what happened during the yield woke nobody, and nothing will.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::progress::lost_wake {
namespace {

enum class State : std::uint8_t { look, log, wait };

// Items go from a producer to a consumer, who writes down that there was none before it waits.
struct Mailbox {
  NumberFile log;
  CompletionPool pool = {};
  Completion arrival = {};  // of the next item, for the consumer that waits
  Tracked<std::uint64_t> items{"items"};
  Tracked<State> state{"state", State::look};

  void put() {
    items += 1;
    if (const Completion waiting = std::exchange(arrival, {})) waiting.finish(0);
  }
  Unit take_one() {
    items -= 1;
    state = State::look;
    return Unit{};
  }
};

struct LooksOnce : Mailbox {
  IOResult<Unit> take() {
    switch (state) {
      case State::look:
        if (items > 0) break;
        state = State::log;
        [[fallthrough]];
      case State::log:
        RETURN_IF_IO(log.write(0, 1));
        arrival = pool.make();  // an item that came meanwhile has found nobody waiting
        state = State::wait;
        [[fallthrough]];
      case State::wait:
        if (arrival) IO_YIELD_ONE(arrival);
    }
    return take_one();
  }
};

struct LooksAgain : Mailbox {
  IOResult<Unit> take() {
    switch (state) {
      case State::look:
        if (items > 0) break;
        state = State::log;
        [[fallthrough]];
      case State::log:
        RETURN_IF_IO(log.write(0, 1));
        if (items == 0) arrival = pool.make();
        state = State::wait;
        [[fallthrough]];
      case State::wait:
        if (arrival) IO_YIELD_ONE(arrival);
    }
    return take_one();
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

CANARY("progress/lost-wake", "deadlock", pass_one_item<LooksOnce>, pass_one_item<LooksAgain>);

}  // namespace
}  // namespace reprise::progress::lost_wake
