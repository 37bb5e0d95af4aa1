// A buffer belongs to the device while the I/O that uses it is in flight.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace reprise::watched::buffers {
namespace {

template <class Machine>
void use_file(Sim& sim) {
  Machine machine{{sim.open("f")}};
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) sim.expect(sim.await([&] { return machine.step(); }).ok(), "done");
  });
  sim.results_depend_on_timing();  // a buffer that is changed too early, is so at any time
  sim.run();
}

// --- A log's block, filled while the block before is being written ---

struct Log {
  File& file;
  Buffer block = Buffer::allocate(64);
  Completion pending = {};
  unsigned written = 0;
};

struct FillsInFlight : Log {
  IOResult<Unit> step() {
    if (!pending) {
      pending = file.pwrite(0, block);
      block.data()[written % 64] = std::byte{1};  // the next record
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    written += 1;
    return Unit{};
  }
};

struct FillsBefore : Log {
  IOResult<Unit> step() {
    if (!pending) {
      block.data()[written % 64] = std::byte{1};
      pending = file.pwrite(0, block);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    written += 1;
    return Unit{};
  }
};

CANARY("check/buffer-store", "buffer-ownership", use_file<FillsInFlight>, use_file<FillsBefore>);

// --- What is read is looked at before it is there ---

struct Reader {
  File& file;
  Buffer block = {};
  Completion pending = {};
  int first = 0;
};

struct LooksAtOnce : Reader {
  IOResult<Unit> step() {
    if (!pending) {
      block = Buffer::allocate(64);
      pending = file.pread(0, block);
    }
    first = std::to_integer<int>(block.data()[0]);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
};

struct LooksWhenThere : Reader {
  IOResult<Unit> step() {
    if (!pending) {
      block = Buffer::allocate(64);
      pending = file.pread(0, block);
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    first = std::to_integer<int>(block.data()[0]);
    return Unit{};
  }
};

CANARY("check/buffer-load", "buffer-ownership", use_file<LooksAtOnce>, use_file<LooksWhenThere>);

// --- Memory of the machine's own, given to a write and freed before that has finished ---

struct Writer {
  File& file;
  std::unique_ptr<std::array<std::byte, 64>> own = {};
  Completion pending = {};

  void submit() {
    own = std::make_unique<std::array<std::byte, 64>>();
    pending = file.pwrite(0, Buffer::borrow(*own));
  }
};

struct FreesInFlight : Writer {
  IOResult<Unit> step() {
    if (!pending) submit();
    own.reset();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
};

struct FreesBehind : Writer {
  IOResult<Unit> step() {
    if (!pending) submit();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    own.reset();
    pending = {};
    return Unit{};
  }
};

CANARY("check/buffer-freed", "buffer-ownership", use_file<FreesInFlight>, use_file<FreesBehind>);

}  // namespace
}  // namespace reprise::watched::buffers
