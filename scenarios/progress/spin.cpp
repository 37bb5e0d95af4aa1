// Two machines that give way to each other with explicit yields, for ever: no I/O is in flight, all
// are busy, and nothing moves.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::progress {
namespace {

struct Turnstile {
  Tracked<bool> wanted[2] = {Tracked<bool>{"wanted[0]"}, Tracked<bool>{"wanted[1]"}};
};

enum class State : std::uint8_t { want, wait, pass };

struct Visitor {
  NumberFile log;
  Turnstile& turnstile;
  std::uint32_t side;
  Tracked<State> state{"state", State::want};

  bool other_wants() const { return turnstile.wanted[1 - side]; }
  IOResult<Unit> pass() {
    RETURN_IF_IO(log.write(side, 1));
    turnstile.wanted[side] = false;
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
      case State::pass: RETURN_IF_IO(pass());
    }
    return Unit{};
  }
};

// As above, but side 0 goes first when both want to.
struct GivesWayToTheFirst : Visitor {
  IOResult<Unit> enter() {
    switch (state) {
      case State::want:
        turnstile.wanted[side] = true;
        state = State::wait;
        IO_YIELD_ONE(Completion::yield());
      case State::wait:
        if (side != 0 && other_wants()) IO_YIELD_ONE(Completion::yield());
        state = State::pass;
        [[fallthrough]];
      case State::pass: RETURN_IF_IO(pass());
    }
    return Unit{};
  }
};

template <class Machine>
void two_visitors(Sim& sim) {
  File& file = sim.open("log");
  Turnstile turnstile;
  Machine left{{NumberFile(file), turnstile, 0}};
  Machine right{{NumberFile(file), turnstile, 1}};
  sim.drive("left", [&] { return left.enter(); });
  sim.drive("right", [&] { return right.enter(); });
  sim.run();
}

CANARY("progress/spin", "progress", two_visitors<GivesWay>, two_visitors<GivesWayToTheFirst>);

}  // namespace
}  // namespace reprise::progress
