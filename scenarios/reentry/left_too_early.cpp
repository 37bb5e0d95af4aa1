// `state = State::number; RETURN_IF_IO(load())`: the state is left before load() has said Done.
// When load() yields, nobody calls it again, and what it should have loaded is taken as it stands.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>

#include "scenarios/number_file.h"

namespace reprise::reentry::left_too_early {
namespace {

constexpr std::uint64_t last_used = 41;

enum class State : std::uint8_t { load, number };

// Gives out numbers, beyond the last one that the file knows of.
struct Sequence {
  NumberFile header;  // number 0: where the last one used is
  NumberFile file;
  Tracked<std::uint64_t> last{"last"};
  Tracked<State> state{"state", State::load};
  std::optional<std::uint64_t> place = {};  // the header is read once

  IOResult<Unit> load() {
    if (!place) place = RETURN_IF_IO(header.read(0));
    last = RETURN_IF_IO(file.read(*place));
    place.reset();
    return Unit{};
  }
  std::uint64_t number() {
    last += 1;
    return last;
  }
};

struct LeavesFirst : Sequence {
  IOResult<std::uint64_t> next() {
    switch (state) {
      case State::load:
        state = State::number;
        RETURN_IF_IO(load());
        [[fallthrough]];
      case State::number: break;
    }
    return number();
  }
};

struct LeavesWhenDone : Sequence {
  IOResult<std::uint64_t> next() {
    switch (state) {
      case State::load:
        RETURN_IF_IO(load());
        state = State::number;
        [[fallthrough]];
      case State::number: break;
    }
    return number();
  }
};

template <class Machine>
void give_two_numbers(Sim& sim) {
  File& file = sim.open("sequence");
  NumberFile numbers(file);
  Machine sequence{{NumberFile(file), NumberFile(file)}};
  sim.task("client", [&] {
    sim.expect(sim.await([&] { return numbers.write(0, 1); }).ok(), "the header is written");
    sim.expect(sim.await([&] { return numbers.write(1, last_used); }).ok(), "the last is written");
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return sequence.next(); }).ok(), "a number is given");
    }
  });
  sim.observe("last", sequence.last);
  sim.run();
}

CANARY("reentry/left-too-early", "schedule-equivalence", give_two_numbers<LeavesFirst>,
       give_two_numbers<LeavesWhenDone>);

}  // namespace
}  // namespace reprise::reentry::left_too_early
