// Corpus 53: a commit takes the lock in its first state and releases it in the good arm of its last
// one. An error in between, or a commit that is dropped, leaves the lock behind.
#include <reprise/reprise.h>

#include <cstdint>

#include "scenarios/number_file.h"

namespace reprise::corpus::commit_lock {
namespace {

enum class State : std::uint8_t { begin, write, sync };

struct Commit {
  NumberFile log;
  bool locked = false;
  State state = State::begin;

  IOResult<Unit> steps(std::uint64_t transaction) {
    switch (state) {
      case State::begin:
        if (locked) return IOError::busy;
        locked = true;
        state = State::write;
        [[fallthrough]];
      case State::write:
        RETURN_IF_IO(log.write(transaction, transaction));
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(log.sync());
    }
    return Unit{};
  }
  void unlock() {
    if (state != State::begin) locked = false;
  }
};

struct UnlocksInTheEnd : Commit {
  IOResult<Unit> commit(std::uint64_t transaction) {
    IOResult<Unit> answer = steps(transaction);
    if (answer.is_done()) unlock();
    if (!answer.is_io()) state = State::begin;
    return answer;
  }
  void give_up() {
    log.reset();
    state = State::begin;
  }
};

struct UnlocksOnEachWay : Commit {
  IOResult<Unit> commit(std::uint64_t transaction) {
    IOResult<Unit> answer = steps(transaction);
    if (!answer.is_io()) give_up();
    return answer;
  }
  void give_up() {
    log.reset();
    unlock();
    state = State::begin;
  }
};

template <class Machine>
void commit_twice(Sim& sim) {
  Machine machine{{NumberFile(sim.open("log"))}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { machine.give_up(); },
                               .abort = [&](IOError) { machine.give_up(); }};
    for (std::uint64_t transaction = 1; transaction <= 2; ++transaction) {
      static_cast<void>(sim.await([&] { return machine.commit(transaction); }, options));
    }
  });
  sim.held("the commit lock", [&] { return machine.locked ? 1u : 0u; });
  sim.run();
}

CANARY("corpus/leak/commit-lock", "leak", commit_twice<UnlocksInTheEnd>,
       commit_twice<UnlocksOnEachWay>);

}  // namespace
}  // namespace reprise::corpus::commit_lock
