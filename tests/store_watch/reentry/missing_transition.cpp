// A state machine that forgets a transition: the second operation yields, and the re-entry runs the
// first one again. No store is repeated on the way to the same yield, so it takes a comparison with
// the run that never yields to see it.
#include <reprise/reprise.h>

#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::missing_transition {
namespace {

// A balance in a file, changed once per call; sound.
struct Account {
  NumberFile file;
  std::uint64_t slot = 0;
  std::int64_t balance = 0;

  IOResult<Unit> change(std::int64_t amount) {
    RETURN_IF_IO(file.write(slot, static_cast<std::uint64_t>(balance + amount)));
    balance += amount;
    return Unit{};
  }
};

enum class State : std::uint8_t { withdraw, deposit };

struct Transfer {
  Account from;
  Account to;
  State state = State::withdraw;
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

CANARY("plain/missing-transition", "schedule-equivalence", transfer_once<Stays>,
       transfer_once<MovesOn>);

}  // namespace
}  // namespace reprise::watched::missing_transition
