// Classic: a read is guarded by a timeout, and whichever comes first gives the permit back. Both
// can come before anybody has looked, and then the permit is given back twice.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

namespace reprise::corpus::timeout_race {
namespace {

constexpr Duration limit{1000};
constexpr std::uint32_t permits_max = 1;

enum class State : std::uint8_t { start, race, drain };

struct GuardedRead {
  File& file;
  IO& io;
  std::uint32_t permits = permits_max;
  Completion first = {};  // of the read and its timeout
  State state = State::start;

  template <class Over>
  void submit(const Over& over) {
    permits -= 1;
    first = CompletionGroup::any({file.pread(0, Buffer::allocate(64), over), io.timer(limit, over)},
                                 Losers::left);
  }
  IOResult<Unit> finish() {
    if (state == State::race) {
      if (!first.finished()) IO_YIELD_ONE(first);
      first.cancel();
      state = State::drain;
    }
    if (!first.drained()) IO_YIELD_ONE(CompletionGroup::drain(first));
    state = State::start;
    const Completion ended = std::exchange(first, {});
    if (!ended.succeeded()) return ended.get_error();
    if (CompletionGroup::winner(ended) == 1) return IOError::timed_out;
    return Unit{};
  }
};

struct EachGivesBack : GuardedRead {
  IOResult<Unit> fetch() {
    if (state == State::start) {
      state = State::race;
      submit([this](const Completion& done) {
        if (done.get_error() == IOError::cancelled) return;  // it has lost
        permits += 1;
      });
    }
    return finish();
  }
};

struct TheFirstGivesBack : GuardedRead {
  bool given_back = false;

  IOResult<Unit> fetch() {
    if (state == State::start) {
      state = State::race;
      given_back = false;
      submit([this](const Completion&) {
        if (!std::exchange(given_back, true)) permits += 1;
      });
    }
    return finish();
  }
};

template <class Machine>
void fetch_twice(Sim& sim) {
  Machine machine{{sim.open("page"), sim.io()}};
  sim.survives({.errors = true, .refusals = true});
  sim.results_depend_on_timing();  // the read or its timeout, whichever comes first
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return machine.fetch(); }));
  });
  sim.always("no permit is given back twice", [&] { return machine.permits <= permits_max; });
  sim.run();
}

CANARY("corpus/classic/timeout-race", "invariant", fetch_twice<EachGivesBack>,
       fetch_twice<TheFirstGivesBack>);

}  // namespace
}  // namespace reprise::corpus::timeout_race
