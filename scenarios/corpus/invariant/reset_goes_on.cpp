// Corpus 65: a reset drives an insert that was not finished to its end, instead of taking it back:
// what was dropped is committed all the same.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::reset_goes_on {
namespace {

enum class State : std::uint8_t { idle, write, sync };

struct Insert {
  File& file;
  Completion pending = {};
  std::vector<std::uint64_t> rows = {};  // committed
  std::uint64_t row = 0;
  State state = State::idle;

  // Waits for the last I/O, if there is one.
  IOResult<Unit> wait() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  IOResult<Unit> write() {
    if (!pending) pending = file.pwrite(row * 64, Buffer::allocate(64));
    return wait();
  }
  IOResult<Unit> sync() {
    if (!pending) pending = file.sync();
    return wait();
  }
  IOResult<Unit> steps() {
    switch (state) {
      case State::idle: return Unit{};
      case State::write:
        RETURN_IF_IO(write());
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(sync());
    }
    rows.push_back(row);
    return Unit{};
  }
  IOResult<Unit> insert(std::uint64_t number) {
    if (state == State::idle) {
      row = number;
      state = State::write;
    }
    IOResult<Unit> answer = steps();
    if (!answer.is_io()) state = State::idle;
    return answer;
  }
};

struct RunsToTheEnd : Insert {
  IOResult<Unit> reset() {
    IOResult<Unit> answer = steps();
    if (!answer.is_io()) state = State::idle;
    return answer;
  }
};

struct TakesItBack : Insert {
  IOResult<Unit> reset() {
    state = State::idle;
    if (pending) return wait();
    return Unit{};
  }
};

template <class Machine>
void insert_two(Sim& sim) {
  Machine machine{{sim.open("table")}};
  sim.survives({.errors = true, .refusals = true, .abandons = true});
  sim.task("client", [&] {
    const auto reset = [&] { static_cast<void>(sim.await([&] { return machine.reset(); })); };
    for (std::uint64_t row = 1; row <= 2; ++row) {
      const auto done = sim.await([&] { return machine.insert(row); }, {.abandon = reset});
      const bool is_there = std::ranges::count(machine.rows, row) != 0;
      sim.expect_eq(is_there, done.ok());
    }
  });
  sim.run();
}

CANARY("corpus/invariant/reset-goes-on", "invariant", insert_two<RunsToTheEnd>,
       insert_two<TakesItBack>);

}  // namespace
}  // namespace reprise::corpus::reset_goes_on
