// Corpus 4: an insert runs a write machine to its end and then restores the cursor, which may
// yield. The write machine has gone back to its beginning by itself, so the re-entry inserts anew.
#include <reprise/reprise.h>

#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::insert_then_restore {
namespace {

enum class State : std::uint8_t { none, balance, restore };

struct Index {
  NumberFile page;
  NumberFile path;
  std::vector<std::uint64_t> keys = {};
  State state = State::none;

  IOResult<Unit> restore_cursor() {
    RETURN_IF_IO(path.read(0));
    return Unit{};
  }
};

struct RestoresAfterTheMachine : Index {
  IOResult<Unit> write(std::uint64_t key) {
    if (state == State::none) {
      keys.push_back(key);
      state = State::balance;
    }
    RETURN_IF_IO(page.write(key, key));
    state = State::none;
    return Unit{};
  }
  IOResult<Unit> insert(std::uint64_t key) {
    RETURN_IF_IO(write(key));
    RETURN_IF_IO(restore_cursor());
    return Unit{};
  }
};

struct RestoresWithinTheMachine : Index {
  IOResult<Unit> insert(std::uint64_t key) {
    switch (state) {
      case State::none:
        keys.push_back(key);
        state = State::balance;
        [[fallthrough]];
      case State::balance:
        RETURN_IF_IO(page.write(key, key));
        state = State::restore;
        [[fallthrough]];
      case State::restore: RETURN_IF_IO(restore_cursor());
    }
    state = State::none;
    return Unit{};
  }
};

template <class Machine>
void insert_two(Sim& sim) {
  File& file = sim.open("index");
  Machine index{{NumberFile(file), NumberFile(file)}};
  sim.task("client", [&] {
    for (std::uint64_t key = 1; key <= 2; ++key) {
      sim.expect(sim.await([&] { return index.insert(key); }).ok(), "the key is inserted");
    }
  });
  sim.observe("keys", index.keys);
  sim.run();
}

CANARY("corpus/schedule-equivalence/insert-then-restore", "schedule-equivalence",
       insert_two<RestoresAfterTheMachine>, insert_two<RestoresWithinTheMachine>);

}  // namespace
}  // namespace reprise::corpus::insert_then_restore
