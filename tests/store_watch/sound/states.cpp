// Explicit states in many styles. A state's own transitions are progress; so are changes made in
// one state that is left before the next await comes.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::states {
namespace {

enum class State : std::uint8_t { read, change, write, sync };

struct Update {
  NumberFile file;
  State state = State::read;
  std::uint64_t number = 0;
  std::uint64_t updates = 0;
  std::uint64_t shown() const { return updates; }
};

struct SwitchInLoop : Update {
  IOResult<Unit> step() {
    for (;;) {
      switch (state) {
        case State::read:
          number = RETURN_IF_IO(file.read(0));
          state = State::change;
          break;
        case State::change:  // awaits nothing, is left at once
          number += 1;
          updates += number;
          state = State::write;
          break;
        case State::write:
          RETURN_IF_IO(file.write(0, number));
          state = State::sync;
          break;
        case State::sync:
          RETURN_IF_IO(file.sync());
          state = State::read;
          return Unit{};
      }
    }
  }
};
SCENARIO("sound/switch-in-loop") { two_steps<SwitchInLoop>(sim); }

struct FallThrough : Update {
  IOResult<Unit> step() {
    switch (state) {
      case State::read: number = RETURN_IF_IO(file.read(0)); [[fallthrough]];
      case State::change:
        number += 1;
        updates += number;
        state = State::write;
        [[fallthrough]];
      case State::write:
        RETURN_IF_IO(file.write(0, number));
        state = State::sync;
        [[fallthrough]];
      case State::sync: RETURN_IF_IO(file.sync());
    }
    state = State::read;
    return Unit{};
  }
};
SCENARIO("sound/switch-falls-through") { two_steps<FallThrough>(sim); }

// C style: numbers for states, one flat struct, a goto.
struct CStyle {
  NumberFile file;
  int pc = 0;
  int rc = 0;
  unsigned long n = 0;
  unsigned long shown() const { return n; }

  IOResult<Unit> step() {
    if (pc == 1) goto written;
    rc = 0;
    RETURN_IF_IO(file.write(0, n));
    n++;
    pc = 1;
  written:
    RETURN_IF_IO(file.sync());
    pc = 0;
    return Unit{};
  }
};
SCENARIO("sound/c-style") { two_steps<CStyle>(sim); }

// The state moves on before the call, whose only I/O starts in its first entry: nothing is lost
// when the re-entry goes on behind it.
struct MovesOnFirst {
  File& file;
  Completion started = {};
  bool after_io = false;
  std::uint64_t pages = 0;
  std::uint64_t shown() const { return pages; }

  IOResult<Unit> start() {
    started = file.pread(0, Buffer::allocate(64));
    if (!started.finished()) IO_YIELD_ONE(started);
    return Unit{};
  }

  IOResult<Unit> step() {
    if (!after_io) {
      after_io = true;
      pages += 1;
      RETURN_IF_IO(start());
    }
    after_io = false;
    const Completion read = std::exchange(started, {});
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }
};
SCENARIO("sound/state-moved-on-before-the-call") {
  MovesOnFirst machine{sim.open("page")};
  take_two_steps(sim, machine);
}

// Machines within machines, each with a state of its own.
struct Outer {
  SwitchInLoop first;
  FallThrough second;
  bool first_done = false;
  std::uint64_t rounds = 0;
  std::uint64_t shown() const { return rounds; }

  IOResult<Unit> step() {
    if (!first_done) {
      RETURN_IF_IO(first.step());
      first_done = true;
      rounds += first.updates;
    }
    RETURN_IF_IO(second.step());
    first_done = false;
    rounds += second.updates;
    return Unit{};
  }
};
SCENARIO("sound/nested-machines") {
  File& file = sim.open("numbers");
  Outer machine{{{NumberFile(file)}}, {{NumberFile(file)}}};
  take_two_steps(sim, machine);
}

// StateMachine<State>: one transition at a time.
struct Copy {
  NumberFile file;
  std::uint64_t* copied = nullptr;
  std::optional<std::uint64_t> number = {};

  Transition<Unit> step() {
    if (!number) {
      number = RETURN_IF_IO(file.read(0));
      *copied += 1;
      return Continue{};
    }
    RETURN_IF_IO(file.write(1, *number));
    return Unit{};
  }
};
SCENARIO("sound/state-machine-template") {
  std::uint64_t copied = 0;
  File& file = sim.open("numbers");
  StateMachine<Copy> machine{Copy{NumberFile(file), &copied}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      machine.reset(Copy{NumberFile(file), &copied});
      sim.expect(sim.await([&] { return machine.step(); }).ok(), "the number is copied");
    }
  });
  sim.observe("copied", copied);
  sim.run();
}

// A variant of states, each with what it alone needs.
struct Reading {};
struct Writing {
  std::uint64_t number;
};
struct Written {
  std::uint64_t writes;
};

struct VariantStates {
  NumberFile file;
  std::variant<Reading, Writing, Written> state = Reading{};
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  // Each gives whether it was the last.
  IOResult<bool> in(Reading&) {
    const std::uint64_t number = RETURN_IF_IO(file.read(0));
    state = Writing{number + 1};
    return false;
  }
  IOResult<bool> in(Writing& writing) {
    RETURN_IF_IO(file.write(0, writing.number));
    state = Written{1};
    return false;
  }
  IOResult<bool> in(Written& written) {
    total += written.writes;
    state = Reading{};
    return true;
  }

  IOResult<Unit> step() {
    for (;;) {
      const bool last = RETURN_IF_IO(std::visit([this](auto& now) { return in(now); }, state));
      if (last) return Unit{};
    }
  }
};
SCENARIO("sound/variant-states") { two_steps<VariantStates>(sim); }

// The state is which method comes next.
struct MethodStates {
  NumberFile file;
  using Method = IOResult<Unit> (MethodStates::*)();
  Method next = &MethodStates::read;
  std::uint64_t number = 0;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  IOResult<Unit> read() {
    number = RETURN_IF_IO(file.read(0));
    next = &MethodStates::write;
    return Unit{};
  }
  IOResult<Unit> write() {
    RETURN_IF_IO(file.write(0, number + 1));
    total += number + 1;
    next = nullptr;
    return Unit{};
  }

  IOResult<Unit> step() {
    while (next != nullptr) RETURN_IF_IO((this->*next)());
    next = &MethodStates::read;
    return Unit{};
  }
};
SCENARIO("sound/method-pointer-states") { two_steps<MethodStates>(sim); }

// Each step has its own flag; a later one's work is prepared when an earlier one is done.
struct Flags {
  NumberFile file;
  bool header_written = false;
  bool body_written = false;
  std::uint64_t checksum = 0;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  IOResult<Unit> step() {
    if (!header_written) {
      RETURN_IF_IO(file.write(0, total));
      header_written = true;
      checksum = total * 31 + 7;
    }
    if (!body_written) {
      RETURN_IF_IO(file.write(1, checksum));
      body_written = true;
      checksum += 1;
    }
    RETURN_IF_IO(file.write(2, checksum));
    header_written = body_written = false;
    total += checksum;
    return Unit{};
  }
};
SCENARIO("sound/a-flag-for-each-step") { two_steps<Flags>(sim); }

// The first entry does what is done once per operation.
struct BeginsOnce {
  NumberFile file;
  bool begun = false;
  std::uint64_t operations = 0;
  std::uint64_t shown() const { return operations; }

  IOResult<Unit> step() {
    if (!begun) {
      begun = true;
      operations += 1;
    }
    RETURN_IF_IO(file.write(0, operations));
    begun = false;
    return Unit{};
  }
};
SCENARIO("sound/begins-once") { two_steps<BeginsOnce>(sim); }

}  // namespace
}  // namespace reprise::watched::states
