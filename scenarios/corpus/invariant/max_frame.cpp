// Corpus 28: the number of frames that count moves on before the log is synced. The sync fails, and
// memory is ahead of the disk by a commit that nobody was promised.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::max_frame {
namespace {

enum class State : std::uint8_t { append, sync };

struct Log {
  NumberFile file;
  std::uint64_t max_frame = 0;
  State state = State::append;

  void give_up() {
    file.reset();
    state = State::append;
  }
};

struct CountsWhenAppended : Log {
  IOResult<Unit> steps(std::uint64_t frame) {
    switch (state) {
      case State::append:
        RETURN_IF_IO(file.write(max_frame, frame));
        max_frame += 1;
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(file.sync());
    }
    return Unit{};
  }
};

struct CountsWhenSynced : Log {
  IOResult<Unit> steps(std::uint64_t frame) {
    switch (state) {
      case State::append:
        RETURN_IF_IO(file.write(max_frame, frame));
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(file.sync());
    }
    max_frame += 1;
    return Unit{};
  }
};

template <class Base>
struct Committing : Base {
  IOResult<Unit> commit(std::uint64_t frame) {
    IOResult<Unit> answer = Base::steps(frame);
    if (!answer.is_io()) Base::state = State::append;
    return answer;
  }
};

template <class Machine>
void commit_two_frames(Sim& sim) {
  Committing<Machine> log{{{NumberFile(sim.open("log"))}}};
  std::uint64_t committed = 0;
  sim.survives({.errors = true, .refusals = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    AwaitOptions options;
    options.abort = [&](IOError) { log.give_up(); };
    for (std::uint64_t frame = 1; frame <= 2; ++frame) {
      if (sim.await([&] { return log.commit(frame); }, options).ok()) ++committed;
    }
  });
  sim.finally("no frame counts that was not committed", [&] { return log.max_frame == committed; });
  sim.run();
}

CANARY("corpus/invariant/max-frame", "invariant", commit_two_frames<CountsWhenAppended>,
       commit_two_frames<CountsWhenSynced>);

}  // namespace
}  // namespace reprise::corpus::max_frame
