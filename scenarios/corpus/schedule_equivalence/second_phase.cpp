// Corpus 17: a commit has two phases, each of which may yield; the entry knows only the first as
// "a commit is in progress", so that a yield in the second begins another commit.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::second_phase {
namespace {

enum class State : std::uint8_t { ready, committing, committing_attached };

struct Commit {
  NumberFile main;
  NumberFile attached;
  std::uint64_t commits = 0;
  State state = State::ready;

  void begin() {
    commits += 1;
    state = State::committing;
  }
  IOResult<std::uint64_t> go_on() {
    if (state == State::committing) {
      RETURN_IF_IO(main.write(0, commits));
      state = State::committing_attached;
    }
    RETURN_IF_IO(attached.write(0, commits));
    state = State::ready;
    return commits;
  }
};

struct KnowsTheFirstPhase : Commit {
  IOResult<std::uint64_t> commit() {
    if (state != State::committing) begin();
    return go_on();
  }
};

struct KnowsBothPhases : Commit {
  IOResult<std::uint64_t> commit() {
    if (state == State::ready) begin();
    return go_on();
  }
};

template <class Machine>
void commit_twice(Sim& sim) {
  Machine machine{{NumberFile(sim.open("main")), NumberFile(sim.open("attached"))}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      sim.expect(sim.await([&] { return machine.commit(); }).ok(), "the commit ends well");
    }
  });
  sim.observe("commits", machine.commits);
  sim.run();
}

CANARY("corpus/schedule-equivalence/second-phase", "schedule-equivalence",
       commit_twice<KnowsTheFirstPhase>, commit_twice<KnowsBothPhases>);

}  // namespace
}  // namespace reprise::corpus::second_phase
