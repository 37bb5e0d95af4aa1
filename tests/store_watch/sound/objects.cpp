// Where machines live, and what classes they are: in a task's own frame, in a vector that grows, on
// the heap, as globals; behind interfaces, with several bases.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::objects {
namespace {

// The machine of most scenarios here.
struct Counter {
  NumberFile file;
  std::uint64_t value = 0;
  std::array<std::uint64_t, 3> recent = {};

  IOResult<std::uint64_t> step() {
    std::uint64_t sum = 0;
    for (const std::uint64_t number : recent) sum += number;
    RETURN_IF_IO(file.write(value, sum));
    recent[value % recent.size()] = value;
    value += 1;
    return value;
  }
};

SCENARIO("sound/machine-in-the-tasks-frame") {
  File& file = sim.open("numbers");
  sim.task("client", [&] {
    Counter machine{NumberFile(file)};
    for (std::uint64_t i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return machine.step(); }), i);
    }
  });
  sim.run();
}

// A frame below the task's own, and a new machine in the same place each time.
SCENARIO("sound/machine-in-a-frame-of-its-own") {
  File& file = sim.open("numbers");
  const auto once = [&](std::uint64_t steps) {
    Counter machine{NumberFile(file)};
    for (std::uint64_t i = 1; i <= steps; ++i) {
      sim.expect_eq(sim.await([&] { return machine.step(); }), i);
    }
  };
  sim.task("client", [&] {
    once(2);
    once(3);
  });
  sim.run();
}

SCENARIO("sound/machines-in-a-growing-vector") {
  File& file = sim.open("numbers");
  std::vector<Counter> machines;
  sim.task("client", [&] {
    for (std::uint64_t i = 0; i < 5; ++i) {
      machines.push_back({NumberFile(file)});  // moves the others
      for (Counter& machine : machines) {
        sim.expect(sim.await([&] { return machine.step(); }).ok(), "the step is taken");
      }
    }
    sim.expect_eq(machines[0].value, 5u);
  });
  sim.run();
}

SCENARIO("sound/machine-on-the-heap") {
  File& file = sim.open("numbers");
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) {
      const auto machine = std::make_unique<Counter>(Counter{NumberFile(file)});
      sim.expect_eq(sim.await([&] { return machine->step(); }), 1u);
    }
  });
  sim.run();
}

// The machine is made by the operation's first entry and ends with the operation.
struct Lazily {
  File& file;
  std::optional<Counter> machine = {};
  std::uint64_t steps = 0;
  std::uint64_t shown() const { return steps; }

  IOResult<Unit> step() {
    if (!machine) machine.emplace(Counter{NumberFile(file)});
    RETURN_IF_IO(machine->step());
    machine.reset();
    steps += 1;
    return Unit{};
  }
};
SCENARIO("sound/machine-made-by-first-entry") {
  Lazily machine{sim.open("numbers")};
  take_two_steps(sim, machine);
}

struct Everyones {
  std::uint64_t served = 0;
  std::string last = {};
};
Everyones everyones;

struct UsesGlobal {
  NumberFile file;

  IOResult<Unit> step() {
    const std::uint64_t ticket = everyones.served + 1;
    RETURN_IF_IO(file.write(0, ticket));
    everyones.served += 1;
    everyones.last = "ticket " + std::to_string(ticket);
    return Unit{};
  }
  std::uint64_t shown() const { return everyones.served; }
};
SCENARIO("sound/state-in-a-global") {
  everyones = {};
  two_steps<UsesGlobal>(sim);
}

// --- Classes ---

struct Source {
  virtual ~Source() = default;
  virtual IOResult<std::uint64_t> next() = 0;
};

struct FromFile final : Source {
  NumberFile file;
  std::uint64_t at = 0;
  explicit FromFile(File& of) : file(of) {}

  IOResult<std::uint64_t> next() override {
    const std::uint64_t number = RETURN_IF_IO(file.read(at));
    at += 1;
    return number + at;
  }
};

struct Doubled final : Source {
  Source& source;
  std::uint64_t given = 0;
  explicit Doubled(Source& of) : source(of) {}

  IOResult<std::uint64_t> next() override {
    const std::uint64_t number = RETURN_IF_IO(source.next());
    given += 1;
    return number * 2;
  }
};

SCENARIO("sound/virtual-dispatch") {
  FromFile file(sim.open("numbers"));
  Doubled doubled(file);
  Source& source = doubled;
  sim.task("client", [&] {
    for (std::uint64_t i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return source.next(); }), 2 * i);
    }
  });
  sim.observe("given", doubled.given);
  sim.run();
}

// Made and destroyed in each entry: the pointer to its methods is stored there and changes again.
struct Base {
  std::uint64_t value = 1;
  virtual ~Base() { value = 0; }
  virtual std::uint64_t twice() const { return value; }
};
struct Derived final : Base {
  std::uint64_t twice() const override { return 2 * value; }
};

struct LocalObjects {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  IOResult<Unit> step() {
    const Derived derived;
    const std::unique_ptr<Base> owned = std::make_unique<Derived>();
    const std::uint64_t sum = derived.twice() + owned->twice();
    RETURN_IF_IO(file.write(0, sum));
    total += sum;
    return Unit{};
  }
};
SCENARIO("sound/virtual-objects-on-the-stack") { two_steps<LocalObjects>(sim); }

struct Named {
  std::string name = "ledger";
  virtual ~Named() = default;
  virtual std::size_t label() const { return name.size(); }
};
struct Counted {
  std::uint64_t count = 0;
  virtual ~Counted() = default;
  virtual void add(std::uint64_t amount) { count += amount; }
};

struct Ledger final : Named, Counted {
  NumberFile file;
  explicit Ledger(File& of) : file(of) {}

  IOResult<Unit> step() {
    Counted& counted = *this;
    RETURN_IF_IO(file.write(label(), count));
    counted.add(2);
    return Unit{};
  }
  std::uint64_t shown() const { return count; }
};
SCENARIO("sound/multiple-inheritance") {
  Ledger machine(sim.open("ledger"));
  take_two_steps(sim, machine);
}

// One template, many machines: the same line of code stores for each of them.
template <class Inner>
struct Twice {
  Inner first;
  Inner second;
  bool first_done = false;

  IOResult<std::uint64_t> step() {
    if (!first_done) {
      RETURN_IF_IO(first.step());
      first_done = true;
    }
    const std::uint64_t value = RETURN_IF_IO(second.step());
    first_done = false;
    return value;
  }
};

SCENARIO("sound/tree-of-equal-machines") {
  File& file = sim.open("numbers");
  const auto counter = [&] { return Counter{NumberFile(file)}; };
  const auto pair = [&] { return Twice<Counter>{counter(), counter()}; };
  Twice<Twice<Counter>> machine{pair(), pair()};
  sim.task("client", [&] {
    for (std::uint64_t i = 1; i <= 2; ++i) {
      sim.expect_eq(sim.await([&] { return machine.step(); }), i);
    }
  });
  sim.run();
}

}  // namespace
}  // namespace reprise::watched::objects
