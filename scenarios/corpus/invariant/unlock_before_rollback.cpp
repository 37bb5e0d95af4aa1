// Corpus 85: a rollback releases the write lock and then removes its frames from the shared cache;
// by then another writer has the lock, and loses the frames that it has added.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>

#include "scenarios/number_file.h"

namespace reprise::corpus::unlock_before_rollback {
namespace {

using Frames = std::map<std::uint64_t, std::uint64_t>;  // which page each frame holds

struct Log {
  bool locked = false;
  Frames frames = {{1, 1}};
  std::uint64_t published = 1;

  void add(std::uint64_t page) { frames[frames.rbegin()->first + 1] = page; }
  void forget_unpublished() { frames.erase(frames.upper_bound(published), frames.end()); }
};

enum class State : std::uint8_t { begin, append, cut };

struct Writer {
  Log& log;
  NumberFile file;
  State state = State::begin;

  // Locks the log and adds a frame; `busy` if another writer has the lock.
  IOResult<Unit> append(std::uint64_t page) {
    if (state == State::begin) {
      if (log.locked) return IOError::busy;
      log.locked = true;
      log.add(page);
      state = State::append;
    }
    RETURN_IF_IO(file.write(page, page));
    return Unit{};
  }
  IOResult<Unit> commit(std::uint64_t page) {
    RETURN_IF_IO(append(page));
    state = State::begin;
    log.published = log.frames.rbegin()->first;
    log.locked = false;
    return Unit{};
  }
};

struct UnlocksFirst : Writer {
  IOResult<Unit> roll_back(std::uint64_t page) {
    if (state != State::cut) {
      RETURN_IF_IO(append(page));
      log.locked = false;
      state = State::cut;
    }
    RETURN_IF_IO(file.write(page, 0));
    log.forget_unpublished();
    state = State::begin;
    return Unit{};
  }
};

struct UnlocksLast : Writer {
  IOResult<Unit> roll_back(std::uint64_t page) {
    if (state != State::cut) {
      RETURN_IF_IO(append(page));
      state = State::cut;
    }
    RETURN_IF_IO(file.write(page, 0));
    log.forget_unpublished();
    state = State::begin;
    log.locked = false;
    return Unit{};
  }
};

template <class Machine>
void roll_back_beside_commit(Sim& sim) {
  File& file = sim.open("log");
  Log log;
  Machine first{{log, NumberFile(file)}};
  Machine second{{log, NumberFile(file)}};
  bool committed = false;
  sim.task("first", [&] { static_cast<void>(sim.await([&] { return first.roll_back(7); })); });
  sim.task("second", [&] {
    for (int tries = 0; tries < 3 && !committed; ++tries) {
      committed = sim.await([&] { return second.commit(8); }).ok();
      if (!committed) sim.yield();
    }
  });
  sim.finally("what is committed is in the cache", [&] {
    return !committed || log.frames == Frames{{1, 1}, {2, 8}};
  });
  sim.held("the write lock", [&]() -> std::uint64_t { return log.locked ? 1 : 0; });
  sim.run();
}

CANARY("corpus/invariant/unlock-before-rollback", "invariant",
       roll_back_beside_commit<UnlocksFirst>, roll_back_beside_commit<UnlocksLast>);

}  // namespace
}  // namespace reprise::corpus::unlock_before_rollback
