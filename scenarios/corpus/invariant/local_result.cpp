// Corpus 23: a commit keeps its result in a local variable, made in one state and used in a later
// one; a yield in between, and the next entry has an empty one.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::local_result {
namespace {

enum class State : std::uint8_t { append, sync, finish };

struct Committed {
  std::uint64_t frames;
};

struct Commit {
  NumberFile log;
  std::uint64_t frames = 0;
  State state = State::append;
  std::optional<Committed> kept = {};
};

struct KeepsItInTheEntry : Commit {
  IOResult<std::uint64_t> commit() {
    std::optional<Committed> result;
    for (;;) {
      switch (state) {
        case State::append:
          RETURN_IF_IO(log.write(frames, 1));
          frames += 1;
          result = Committed{frames};
          state = State::sync;
          continue;
        case State::sync:
          RETURN_IF_IO(log.sync());
          state = State::finish;
          continue;
        case State::finish:
          state = State::append;
          if (!result) return IOError::corrupt;
          return result->frames;
      }
    }
  }
};

struct KeepsItInTheMachine : Commit {
  IOResult<std::uint64_t> commit() {
    for (;;) {
      switch (state) {
        case State::append:
          RETURN_IF_IO(log.write(frames, 1));
          frames += 1;
          kept = Committed{frames};
          state = State::sync;
          continue;
        case State::sync:
          RETURN_IF_IO(log.sync());
          state = State::finish;
          continue;
        case State::finish:
          state = State::append;
          const std::optional<Committed> result = std::exchange(kept, std::nullopt);
          if (!result) return IOError::corrupt;
          return result->frames;
      }
    }
  }
};

template <class Machine>
void commit_two(Sim& sim) {
  Machine machine{{NumberFile(sim.open("log"))}};
  sim.task("client", [&] {
    for (std::uint64_t frames = 1; frames <= 2; ++frames) {
      sim.expect_eq(sim.await([&] { return machine.commit(); }), frames);
    }
  });
  sim.run();
}

CANARY("corpus/invariant/local-result", "invariant", commit_two<KeepsItInTheEntry>,
       commit_two<KeepsItInTheMachine>);

}  // namespace
}  // namespace reprise::corpus::local_result
