#include "tests/support/trouble.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace reprise::tests {

namespace {

struct Reader {
  File& file;
  Completion pending = {};

  IOResult<int> read() {
    if (!pending) pending = file.pread(0, Buffer::allocate(8));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::move(pending);
    pending = {};
    if (!done.succeeded()) return done.get_error();
    return 1;
  }
};

volatile int always_one = 1;

int recurse(int depth) {
  volatile char frame[512];
  frame[0] = static_cast<char>(depth);
  return always_one == 1 ? recurse(depth + 1) + frame[0] : 0;
}

template <class Trouble>
void two_readers(Sim& sim, int rounds, Trouble trouble) {
  Reader first{sim.open("a")};
  Reader second{sim.open("b")};
  bool first_ended = false;
  sim.task("first", [&] {
    for (int i = 0; i < rounds; ++i) static_cast<void>(sim.await([&] { return first.read(); }));
    first_ended = true;
  });
  sim.task("second", [&] {
    for (int i = 0; i < rounds; ++i) static_cast<void>(sim.await([&] { return second.read(); }));
    if (!first_ended) trouble();
  });
  sim.run();
}

}  // namespace

Registered::Registered(std::string name, ScenarioBody body, std::string finds, bool canary)
    : name_(name) {
  register_scenario({std::move(name), body, std::move(finds), canary});
}

Registered::~Registered() { unregister_scenario(name_); }

const Scenario& Registered::scenario() const { return *find_scenario(name_); }

void clean_toy(Sim& sim) {
  two_readers(sim, 3, [] {});
}

void toy_with_option(Sim& sim) {
  sim.sometimes("pigs fly", [] { return false; });
  two_readers(sim, static_cast<int>(sim.option("rounds", 3)), [] {});
}

void invariant_toy(Sim& sim) {
  two_readers(sim, 3, [&] { sim.expect(false, "the first ends first"); });
}

void throwing_toy(Sim& sim) {
  two_readers(sim, 3, [] { throw std::runtime_error("no luck"); });
}

void segv_toy(Sim& sim) {
  two_readers(sim, 3, [] {
    // Not null, which a sanitizer would see before the access.
    *reinterpret_cast<volatile int*>(std::uintptr_t{4096}) = always_one;
  });
}

void abort_toy(Sim& sim) {
  two_readers(sim, 3, [] { std::abort(); });
}

void exit_toy(Sim& sim) {
  two_readers(sim, 3, [] { std::_Exit(3); });
}

void overflow_toy(Sim& sim) {
  two_readers(sim, 3, [] { recurse(0); });
}

void hang_toy(Sim& sim) {
  two_readers(sim, 3, [] {
    while (always_one == 1) {
    }
  });
}

void driven_overflow_toy(Sim& sim) {
  sim.drive("machine", []() -> IOResult<int> { return recurse(0); });
  sim.run();
}

void random_toy(Sim& sim) {
  static int runs = 0;
  const int now = ++runs;
  sim.task("task", [&] {
    for (int i = 0; i < now % 5; ++i) sim.yield();
  });
  sim.results_depend_on_timing();
  sim.run();
}

void double_mutation_toy(Sim& sim) {
  Reader reader{sim.open("a")};
  Tracked<int> count{"count"};
  const auto bump = [&]() -> IOResult<int> {
    count += 1;
    RETURN_IF_IO(reader.read());
    return count;
  };
  sim.task("task", [&] { static_cast<void>(sim.await(bump)); });
  sim.run();
}

}  // namespace reprise::tests
