// Classic: a read is guarded by a timeout, and whichever comes first gives the permit back. Both
// can come before anybody has looked, and then the permit is given back twice.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>

namespace reprise::corpus {
namespace {

constexpr Duration limit{1000};
constexpr std::uint32_t permits_max = 1;

enum class State : std::uint8_t { start, race, drain };

struct GuardedRead {
  File& file;
  IO& io;
  std::uint32_t permits = permits_max;
  CompletionPool pool = {};
  Completion read = {};
  Completion timeout = {};
  Completion settled = {};  // by the first of the two
  State state = State::start;

  template <class Over>
  void submit(Over over) {
    permits -= 1;
    settled = pool.make();
    read = file.pread(0, Buffer::allocate(64),
                      [over](const Completion& done) { over(done, done.get_error()); });
    timeout = io.timer(limit, [over](const Completion& done) { over(done, IOError::timed_out); });
  }
  void settle(IOError error) {
    if (error != IOError::none) return settled.fail(error);
    settled.finish(0);
  }
  IOResult<Unit> finish() {
    if (state == State::race) {
      if (!settled.finished()) IO_YIELD_ONE(settled);
      read.cancel();
      timeout.cancel();
      state = State::drain;
    }
    if (!read.finished()) IO_YIELD_ONE(read);
    if (!timeout.finished()) IO_YIELD_ONE(timeout);
    state = State::start;
    if (!settled.succeeded()) return settled.get_error();
    return Unit{};
  }
};

struct EachGivesBack : GuardedRead {
  IOResult<Unit> fetch() {
    if (state == State::start) {
      state = State::race;
      submit([this](const Completion& done, IOError error) {
        if (done.get_error() == IOError::cancelled) return;  // it has lost
        permits += 1;
        if (!settled.finished()) settle(error);
      });
    }
    return finish();
  }
};

struct TheFirstGivesBack : GuardedRead {
  IOResult<Unit> fetch() {
    if (state == State::start) {
      state = State::race;
      submit([this](const Completion&, IOError error) {
        if (settled.finished()) return;
        permits += 1;
        settle(error);
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

CANARY("corpus/classic/timeout_race", "invariant", fetch_twice<EachGivesBack>,
       fetch_twice<TheFirstGivesBack>);

}  // namespace
}  // namespace reprise::corpus
