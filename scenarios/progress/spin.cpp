// Two machines that give way to each other with explicit yields, for ever: no I/O is in flight, all
// are busy, and nothing moves.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::progress::spin {
namespace {

struct Turnstile {
  Tracked<bool> wanted[2] = {Tracked<bool>{"wanted[0]"}, Tracked<bool>{"wanted[1]"}};
  CompletionPool pool = {};
  Completion passed = {};  // told to who waits for the other one
};

enum class State : std::uint8_t { want, wait, pass };

struct Visitor {
  NumberFile log;
  Turnstile& turnstile;
  std::uint32_t side;
  Tracked<State> state{"state", State::want};

  bool other_wants() const { return turnstile.wanted[1 - side]; }
  Unit leave() {
    turnstile.wanted[side] = false;
    if (const Completion waits = std::exchange(turnstile.passed, {})) waits.finish(0);
    state = State::want;
    return Unit{};
  }
};

struct GivesWay : Visitor {
  IOResult<Unit> enter() {
    switch (state) {
      case State::want:
        turnstile.wanted[side] = true;
        state = State::wait;
        IO_YIELD_ONE(Completion::yield());
      case State::wait:
        if (other_wants()) IO_YIELD_ONE(Completion::yield());
        state = State::pass;
        [[fallthrough]];
      case State::pass: RETURN_IF_IO(log.write(side, 1));
    }
    return leave();
  }
};

// Side 0 goes first when both want to, and side 1 waits until it is told.
struct WaitsForTheFirst : Visitor {
  IOResult<Unit> enter() {
    switch (state) {
      case State::want:
        turnstile.wanted[side] = true;
        state = State::wait;
        IO_YIELD_ONE(Completion::yield());
      case State::wait:
        if (side == 1 && other_wants()) {
          if (!turnstile.passed) turnstile.passed = turnstile.pool.make();
          IO_YIELD_ONE(turnstile.passed);
        }
        state = State::pass;
        [[fallthrough]];
      case State::pass: RETURN_IF_IO(log.write(side, 1));
    }
    return leave();
  }
};

template <class Machine>
void two_visitors(Sim& sim) {
  File& file = sim.open("log");
  Turnstile turnstile;
  Machine left{{NumberFile(file), turnstile, 0}};
  Machine right{{NumberFile(file), turnstile, 1}};
  sim.observe("left wants", turnstile.wanted[0]);
  sim.observe("right wants", turnstile.wanted[1]);
  sim.drive("left", [&] { return left.enter(); });
  sim.drive("right", [&] { return right.enter(); });
  sim.run();
}

CANARY("progress/spin", "livelock", two_visitors<GivesWay>, two_visitors<WaitsForTheFirst>);

}  // namespace
}  // namespace reprise::progress::spin
