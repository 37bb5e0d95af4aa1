// A state machine that forgets a transition: the second operation yields, and the re-entry runs the
// first one again. No store is repeated on the way to the same yield, so it takes a comparison with
// the run that never yields to see it.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/reentry/account.h"

namespace reprise::reentry::missing_transition {
namespace {

enum class State : std::uint8_t { withdraw, deposit };

struct Transfer {
  Account from;
  Account to;
  Tracked<State> state{"state", State::withdraw};
};

struct Stays : Transfer {
  IOResult<Unit> transfer(std::int64_t amount) {
    switch (state) {
      case State::withdraw: RETURN_IF_IO(from.change(-amount)); [[fallthrough]];
      case State::deposit: RETURN_IF_IO(to.change(amount));
    }
    state = State::withdraw;
    return Unit{};
  }
};

struct MovesOn : Transfer {
  IOResult<Unit> transfer(std::int64_t amount) {
    switch (state) {
      case State::withdraw:
        RETURN_IF_IO(from.change(-amount));
        state = State::deposit;
        [[fallthrough]];
      case State::deposit: RETURN_IF_IO(to.change(amount));
    }
    state = State::withdraw;
    return Unit{};
  }
};

template <class Machine>
void transfer_once(Sim& sim) {
  File& file = sim.open("accounts");
  Machine bank{{Account{NumberFile(file), 0}, Account{NumberFile(file), 1}}};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return bank.transfer(10); }).ok(), "the transfer ends well");
  });
  sim.observe("from", bank.from.balance);
  sim.observe("to", bank.to.balance);
  sim.run();
}

CANARY("reentry/missing-transition", "schedule-equivalence", transfer_once<Stays>,
       transfer_once<MovesOn>);

}  // namespace
}  // namespace reprise::reentry::missing_transition
