// Machines with an explicit state, as their authors write them, in which one state changes
// something and then awaits.
#include <reprise/reprise.h>

#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::state_machines {
namespace {

// --- for (;;) switch (state) ---

enum class State : std::uint8_t { begin, body, end, done };

struct Copy {
  NumberFile file;
  State state = State::begin;
  std::uint64_t blocks = 0;
  std::uint64_t shown() const { return blocks; }
};

struct CountsBlockFirst : Copy {
  IOResult<Unit> step() {
    for (;;) {
      switch (state) {
        case State::begin:
          RETURN_IF_IO(file.read(0));
          state = State::body;
          break;
        case State::body:
          blocks += 1;
          RETURN_IF_IO(file.write(1, blocks));
          state = State::end;
          break;
        case State::end:
          RETURN_IF_IO(file.sync());
          state = State::done;
          break;
        case State::done: state = State::begin; return Unit{};
      }
    }
  }
};

struct CountsBlockWhenWritten : Copy {
  IOResult<Unit> step() {
    for (;;) {
      switch (state) {
        case State::begin:
          RETURN_IF_IO(file.read(0));
          state = State::body;
          break;
        case State::body:
          RETURN_IF_IO(file.write(1, blocks + 1));
          blocks += 1;
          state = State::end;
          break;
        case State::end:
          RETURN_IF_IO(file.sync());
          state = State::done;
          break;
        case State::done: state = State::begin; return Unit{};
      }
    }
  }
};

CANARY("pitfall/state-loop", "double-mutation", two_steps<CountsBlockFirst>,
       two_steps<CountsBlockWhenWritten>);

// --- C style: an int, cases that fall through ---

struct Commit {
  NumberFile file;
  int pc = 0;
  unsigned frames = 0;
  unsigned shown() const { return frames; }
};

struct FallsIntoMistake : Commit {
  IOResult<Unit> step() {
    switch (pc) {
      case 0:
        RETURN_IF_IO(file.write(0, 1));
        pc = 1;
        [[fallthrough]];
      case 1:
        frames++;
        RETURN_IF_IO(file.write(1, frames));
        pc = 2;
        [[fallthrough]];
      case 2: RETURN_IF_IO(file.sync());
    }
    pc = 0;
    return Unit{};
  }
};

struct FallsThrough : Commit {
  IOResult<Unit> step() {
    switch (pc) {
      case 0:
        RETURN_IF_IO(file.write(0, 1));
        frames++;
        pc = 1;
        [[fallthrough]];
      case 1:
        RETURN_IF_IO(file.write(1, frames));
        pc = 2;
        [[fallthrough]];
      case 2: RETURN_IF_IO(file.sync());
    }
    pc = 0;
    return Unit{};
  }
};

CANARY("pitfall/c-switch", "double-mutation", two_steps<FallsIntoMistake>, two_steps<FallsThrough>);

// --- StateMachine<State>: a transition that changes something and then awaits ---

struct Fetch {
  NumberFile file;
  std::uint64_t* fetched = nullptr;
  bool read = false;
};

struct FetchCountsFirst : Fetch {
  Transition<Unit> step() {
    if (read) return Unit{};
    *fetched += 1;
    RETURN_IF_IO(file.read(0));
    read = true;
    return Continue{};
  }
};

struct FetchCountsWhenRead : Fetch {
  Transition<Unit> step() {
    if (read) return Unit{};
    RETURN_IF_IO(file.read(0));
    *fetched += 1;
    read = true;
    return Continue{};
  }
};

template <class State>
void fetch_twice(Sim& sim) {
  std::uint64_t fetched = 0;
  File& file = sim.open("pages");
  StateMachine<State> machine{State{{NumberFile(file), &fetched}}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      machine.reset(State{{NumberFile(file), &fetched}});
      sim.expect(sim.await([&] { return machine.step(); }).ok(), "the page is fetched");
    }
  });
  sim.observe("fetched", fetched);
  sim.run();
}

CANARY("pitfall/transition", "double-mutation", fetch_twice<FetchCountsFirst>,
       fetch_twice<FetchCountsWhenRead>);

// --- A state that is stepped before the await: the next entry begins one further on ---

struct Stages {
  NumberFile file;
  unsigned stage = 0;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

struct AdvancesStageFirst : Stages {
  IOResult<Unit> step() {
    while (stage < 4) {
      ++stage;
      RETURN_IF_IO(file.write(stage, stage));
      total += stage;
    }
    stage = 0;
    return Unit{};
  }
};

struct AdvancesStageWhenWritten : Stages {
  IOResult<Unit> step() {
    while (stage < 4) {
      RETURN_IF_IO(file.write(stage + 1, stage + 1));
      ++stage;
      total += stage;
    }
    stage = 0;
    return Unit{};
  }
};

CANARY("pitfall/stage-step", "double-mutation", two_steps<AdvancesStageFirst>,
       two_steps<AdvancesStageWhenWritten>);

// --- Undone on one way out only: an error is cleaned up after, a yield is not ---

struct Lock {
  NumberFile file;
  std::uint32_t holders = 0;
  std::uint32_t shown() const { return holders; }
};

struct UnlocksOnDoneOnly : Lock {
  IOResult<Unit> step() {
    holders += 1;
    const bool empty = RETURN_IF_IO(file.read(0)) == 0;
    holders -= 1;
    if (!empty) return IOError::corrupt;
    return Unit{};
  }
};

struct UnlocksOnEveryWay : Lock {
  struct Hold {
    std::uint32_t& holders;
    explicit Hold(std::uint32_t& of) : holders(of) { holders += 1; }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { holders -= 1; }
  };

  IOResult<Unit> step() {
    const Hold hold(holders);
    const bool empty = RETURN_IF_IO(file.read(0)) == 0;
    if (!empty) return IOError::corrupt;
    return Unit{};
  }
};

CANARY("pitfall/unlock-on-done-only", "double-mutation", two_steps<UnlocksOnDoneOnly>,
       two_steps<UnlocksOnEveryWay>);

}  // namespace
}  // namespace reprise::watched::state_machines
