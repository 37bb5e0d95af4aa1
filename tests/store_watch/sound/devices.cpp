// Machines that submit I/O themselves: buffers, callbacks, groups, timers, explicit yields. What
// deliveries and callbacks store between entries is nobody's second mutation.
#include <reprise/reprise.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::devices {
namespace {

// The callee of most machines here: a page read into a buffer that the machine owns.
struct Page {
  File& file;
  Buffer buffer = {};
  std::optional<Completion> pending = {};

  // Submitted once and remembered.
  IOResult<Unit> read() {
    if (!pending) {
      buffer = Buffer::allocate(64);
      pending = file.pread(0, buffer);
    }
    if (!pending->finished()) IO_YIELD_ONE(*pending);
    const Completion read = *std::exchange(pending, std::nullopt);
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }

  // The bytes are made in the first entry only; then they are the device's.
  IOResult<Unit> write(std::uint8_t fill) {
    if (!pending) {
      buffer = Buffer::allocate(64);
      std::memset(buffer.data(), fill, buffer.size());
      pending = file.pwrite(0, buffer);
    }
    if (!pending->finished()) IO_YIELD_ONE(*pending);
    const Completion written = *std::exchange(pending, std::nullopt);
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

struct Pages {
  Page page;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

template <class Machine>
void two_page_steps(Sim& sim) {
  Machine machine{{Page{sim.open("page")}}};
  take_two_steps(sim, machine);
}

struct RememberedIO : Pages {
  IOResult<Unit> step() {
    RETURN_IF_IO(page.read());
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/io-remembered-in-optional") { two_page_steps<RememberedIO>(sim); }

struct BufferFilledOnce : Pages {
  bool written = false;

  IOResult<Unit> step() {
    if (!written) {
      RETURN_IF_IO(page.write(7));
      written = true;
    }
    RETURN_IF_IO(page.read());
    written = false;
    for (const std::byte byte : page.buffer.bytes()) total += std::to_integer<unsigned>(byte);
    return Unit{};
  }
};
SCENARIO("sound/buffer-filled-once") { two_page_steps<BufferFilledOnce>(sim); }

// Looks into the buffer of a read that is done, in each entry on the way to the write.
struct ReadsBuffer : Pages {
  Page copy;
  bool read = false;

  IOResult<Unit> step() {
    if (!read) RETURN_IF_IO(page.read());
    read = true;
    std::uint64_t first = 0;
    std::memcpy(&first, page.buffer.data(), sizeof first);
    RETURN_IF_IO(copy.write(static_cast<std::uint8_t>(first + 1)));
    read = false;
    total += first;
    return Unit{};
  }
};
SCENARIO("sound/buffer-read-after-delivery") {
  File& file = sim.open("page");
  ReadsBuffer machine{{Page{file}}, Page{file}};
  take_two_steps(sim, machine);
}

// A callback stores from the delivery: that is no entry of the machine.
struct Callbacks {
  File& file;
  Completion pending = {};
  std::uint64_t delivered = 0;
  bool arrived = false;
  std::uint64_t shown() const { return delivered; }

  IOResult<Unit> load() {
    if (!pending) {
      pending = file.pread(0, Buffer::allocate(64), [this](const Completion&) {
        delivered += 1;
        arrived = true;
      });
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion read = std::exchange(pending, {});
    if (!read.succeeded()) return read.get_error();
    return Unit{};
  }

  IOResult<Unit> step() {
    RETURN_IF_IO(load());
    if (!arrived) return IOError::corrupt;
    arrived = false;
    return Unit{};
  }
};
SCENARIO("sound/callback-sets-a-flag") {
  Callbacks machine{sim.open("page")};
  take_two_steps(sim, machine);
}

// A group of what is still pending is built anew, on the stack, in each entry.
struct GroupOfWrites {
  File& file;
  std::array<Completion, 3> writes = {};
  std::uint64_t batches = 0;
  std::uint64_t shown() const { return batches; }

  IOResult<Unit> flush() {
    CompletionGroup group;
    std::uint64_t offset = 0;
    for (Completion& write : writes) {
      if (!write) write = file.pwrite(offset, Buffer::allocate(64));
      offset += 64;
      group.add(write);
    }
    const Completion all = group.build();
    if (!all.finished()) IO_YIELD_ONE(all);
    for (Completion& write : writes) write = {};
    if (!all.succeeded()) return all.get_error();
    return Unit{};
  }

  IOResult<Unit> step() {
    RETURN_IF_IO(flush());
    batches += 1;
    return Unit{};
  }
};
SCENARIO("sound/group-built-in-each-entry") {
  GroupOfWrites machine{sim.open("pages")};
  take_two_steps(sim, machine);
}

// Handles copied, compared and dropped: counts of references, and no state.
struct Handles : Pages {
  IOResult<Unit> step() {
    const Buffer same = page.buffer;
    const Buffer part = same.size() != 0 ? same.slice(0, 8) : Buffer();
    std::vector<std::optional<Completion>> copies(3, page.pending);
    copies.erase(copies.begin());
    RETURN_IF_IO(page.read());
    total += copies.size();
    return Unit{};
  }
};
SCENARIO("sound/handles-copied") { two_page_steps<Handles>(sim); }

// Pauses between two reads.
struct Paused {
  IO& io;
  NumberFile file;
  Completion pause = {};
  std::uint64_t reads = 0;
  bool paused = true;
  std::uint64_t shown() const { return reads; }

  IOResult<Unit> wait() {
    if (!pause) pause = io.timer(std::chrono::milliseconds(5));
    if (!pause.finished()) IO_YIELD_ONE(pause);
    pause = {};
    return Unit{};
  }

  IOResult<Unit> step() {
    if (!paused) {
      RETURN_IF_IO(wait());
      paused = true;
    }
    RETURN_IF_IO(file.read(reads));
    reads += 1;
    paused = false;
    return Unit{};
  }
};
SCENARIO("sound/pause-by-timer") {
  Paused machine{sim.io(), NumberFile(sim.open("numbers"))};
  take_two_steps(sim, machine);
}

// A read with a deadline, whose timer cancels it.
struct WithDeadline {
  IO& io;
  File& file;
  Completion read = {};
  Completion deadline = {};
  std::uint64_t late = 0;
  std::uint64_t steps = 0;
  std::uint64_t shown() const { return steps; }

  IOResult<bool> read_in_time() {
    if (!read) {
      read = file.pread(0, Buffer::allocate(64));
      deadline = io.timer(std::chrono::seconds(1), [of = read](const Completion&) { of.cancel(); });
    }
    if (!read.finished()) IO_YIELD_ONE(read);
    const bool in_time = std::exchange(read, {}).succeeded();
    std::exchange(deadline, {}).cancel();
    return in_time;
  }

  IOResult<Unit> step() {
    const bool in_time = RETURN_IF_IO(read_in_time());
    late += in_time ? 0 : 1;
    steps += 1;
    return Unit{};
  }
};
SCENARIO("sound/deadline") {
  WithDeadline machine{sim.io(), sim.open("page")};
  sim.results_depend_on_timing();  // a timeout is a result
  take_two_steps(sim, machine);
}

// Lets others run, and asks again.
struct Polls {
  const bool& ready;
  NumberFile file;
  std::uint64_t served = 0;
  std::uint64_t shown() const { return served; }

  IOResult<Unit> until_ready() {
    if (!ready) return IOCompletions::explicit_yield();
    return Unit{};
  }

  IOResult<Unit> step() {
    RETURN_IF_IO(until_ready());
    RETURN_IF_IO(file.write(0, served));
    served += 1;
    return Unit{};
  }
};
SCENARIO("sound/explicit-yield-until-ready") {
  bool ready = false;
  Polls machine{ready, NumberFile(sim.open("numbers"))};
  sim.task("opener", [&] {
    sim.yield();
    ready = true;
  });
  take_two_steps(sim, machine);
}

// The page is pinned: the second call may yield by its type, but not here.
struct Pinned {
  NumberFile file;
  std::optional<std::uint64_t> cached = {};
  std::uint64_t total = 0;
  bool counted = false;
  std::uint64_t shown() const { return total; }

  IOResult<std::uint64_t> get() {
    if (!cached) cached = RETURN_IF_IO(file.read(3));
    return *cached;
  }

  IOResult<Unit> step() {
    if (!counted) {
      RETURN_IF_IO(get());
      const std::uint64_t again = EXPECT_NO_IO(get());
      total += again + 1;
      counted = true;
    }
    RETURN_IF_IO(file.sync());
    counted = false;
    cached.reset();
    return Unit{};
  }
};
SCENARIO("sound/expect-no-io") { two_steps<Pinned>(sim); }

}  // namespace
}  // namespace reprise::watched::devices
