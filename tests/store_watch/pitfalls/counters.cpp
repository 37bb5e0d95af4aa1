// Plain values changed before a yield: a counter, an index, a flag, what is left to do; and where
// such a value may live: a member, a bitfield, an atomic, a global, a static, a thread-local.
#include <reprise/reprise.h>

#include <atomic>
#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::counters {
namespace {

// --- counter += 1 ---

struct Counter {
  NumberFile file;
  int value = 0;
  int shown() const { return value; }
};

struct CountThenWrite : Counter {
  IOResult<Unit> step() {
    value += 1;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct WriteThenCount : Counter {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    value += 1;
    return Unit{};
  }
};

CANARY("pitfall/counter", "double-mutation", two_steps<CountThenWrite>, two_steps<WriteThenCount>);

// --- index += 1 in a loop ---

struct Walk {
  NumberFile file;
  std::uint64_t index = 0;
  std::uint64_t sum = 0;
  std::uint64_t shown() const { return index + 100 * sum; }
};

struct StepsOnThenReads : Walk {
  IOResult<Unit> step() {
    const std::uint64_t end = 6;
    while (index < end) {
      index += 1;
      sum += 1 + RETURN_IF_IO(file.read(index));
    }
    return Unit{};
  }
};

struct ReadsThenStepsOn : Walk {
  IOResult<Unit> step() {
    const std::uint64_t end = 6;
    while (index < end) {
      sum += 1 + RETURN_IF_IO(file.read(index + 1));
      index += 1;
    }
    return Unit{};
  }
};

CANARY("pitfall/loop-index", "double-mutation", two_steps<StepsOnThenReads>,
       two_steps<ReadsThenStepsOn>);

// --- remaining -= n ---

struct Quota {
  NumberFile file;
  std::uint64_t remaining = 1000;
  std::uint64_t shown() const { return remaining; }
};

struct SpendsFirst : Quota {
  IOResult<Unit> step() {
    const std::uint64_t size = 64;
    if (remaining < size) return Unit{};
    remaining -= size;
    RETURN_IF_IO(file.write(0, size));
    return Unit{};
  }
};

struct SpendsWhenWritten : Quota {
  IOResult<Unit> step() {
    const std::uint64_t size = 64;
    if (remaining < size) return Unit{};
    RETURN_IF_IO(file.write(0, size));
    remaining -= size;
    return Unit{};
  }
};

CANARY("pitfall/remaining", "double-mutation", two_steps<SpendsFirst>,
       two_steps<SpendsWhenWritten>);

// --- flag = !flag ---

struct Phase {
  NumberFile file;
  bool odd = false;
  bool shown() const { return odd; }
};

struct TogglesFirst : Phase {
  IOResult<Unit> step() {
    odd = !odd;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct TogglesWhenWritten : Phase {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    odd = !odd;
    return Unit{};
  }
};

CANARY("pitfall/toggle", "double-mutation", two_steps<TogglesFirst>, two_steps<TogglesWhenWritten>);

// --- fetch_add on an atomic ---

struct Statistics {
  NumberFile file;
  std::atomic<std::uint64_t> writes{0};
  std::uint64_t shown() const { return writes.load(); }
};

struct AddsFirst : Statistics {
  IOResult<Unit> step() {
    writes.fetch_add(1, std::memory_order_relaxed);
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct AddsWhenWritten : Statistics {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    writes.fetch_add(1, std::memory_order_relaxed);
    return Unit{};
  }
};

CANARY("pitfall/atomic", "double-mutation", two_steps<AddsFirst>, two_steps<AddsWhenWritten>);

// --- a counter in a bitfield ---

struct Header {
  std::uint32_t valid : 1;
  std::uint32_t generation : 7;
  std::uint32_t size : 24;
};

struct Page {
  NumberFile file;
  Header header{1, 0, 512};
  std::uint32_t shown() const { return header.generation; }
};

struct AgesFirst : Page {
  IOResult<Unit> step() {
    header.generation = (header.generation + 1) & 0x7f;
    RETURN_IF_IO(file.write(0, header.size));
    return Unit{};
  }
};

struct AgesWhenWritten : Page {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, header.size));
    header.generation = (header.generation + 1) & 0x7f;
    return Unit{};
  }
};

CANARY("pitfall/bitfield", "double-mutation", two_steps<AgesFirst>, two_steps<AgesWhenWritten>);

// --- a counter that belongs to no object ---

std::uint64_t global_writes = 0;
thread_local std::uint64_t thread_writes = 0;

struct Writer {
  NumberFile file;
  std::uint64_t shown() const { return global_writes + thread_writes; }
};

struct CountsInGlobal : Writer {
  IOResult<Unit> step() {
    ++global_writes;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct CountsInGlobalLater : Writer {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    ++global_writes;
    return Unit{};
  }
};

struct CountsInThread : Writer {
  IOResult<Unit> step() {
    ++thread_writes;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct CountsInThreadLater : Writer {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    ++thread_writes;
    return Unit{};
  }
};

template <class Machine>
void two_steps_from_zero(Sim& sim) {
  global_writes = 0;
  thread_writes = 0;
  two_steps<Machine>(sim);
}

CANARY("pitfall/global", "double-mutation", two_steps_from_zero<CountsInGlobal>,
       two_steps_from_zero<CountsInGlobalLater>);
CANARY("pitfall/thread-local", "double-mutation", two_steps_from_zero<CountsInThread>,
       two_steps_from_zero<CountsInThreadLater>);

// A static local counts on from run to run: only the distance of two tickets means something.
struct Ticket {
  std::uint64_t number;
};

struct DrawsTicketFirst {
  NumberFile file;

  IOResult<Ticket> step() {
    static std::uint64_t last = 0;
    last += 1;
    RETURN_IF_IO(file.write(0, 1));
    return Ticket{last};
  }
};

struct DrawsTicketWhenWritten {
  NumberFile file;

  IOResult<Ticket> step() {
    static std::uint64_t last = 0;
    RETURN_IF_IO(file.write(0, 1));
    last += 1;
    return Ticket{last};
  }
};

template <class Machine>
void draw_two_tickets(Sim& sim) {
  Machine machine{NumberFile(sim.open("tickets"))};
  sim.task("client", [&] {
    const auto first = sim.await([&] { return machine.step(); });
    const auto second = sim.await([&] { return machine.step(); });
    sim.expect_eq(second.value().number - first.value().number, 1u);
  });
  sim.run();
}

CANARY("pitfall/static-local", "double-mutation", draw_two_tickets<DrawsTicketFirst>,
       draw_two_tickets<DrawsTicketWhenWritten>);

}  // namespace
}  // namespace reprise::watched::counters
