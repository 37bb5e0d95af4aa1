// Corpus 64: whoever wants its own writes done waits for all that are in flight. Others go on
// writing, so that there always is another one to wait for.
#include <reprise/reprise.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::drain_all {
namespace {

constexpr int writes_max = 100;

struct Queue {
  File& file;
  std::vector<Completion> in_flight = {};

  Completion write(std::uint64_t block) {
    const Completion write = file.pwrite(block * 64, Buffer::allocate(64));
    in_flight.push_back(write);
    return write;
  }
};

enum class State : std::uint8_t { submit, drain };

struct Flush {
  Queue& queue;
  Completion own = {};
  State state = State::submit;

  void submit() {
    own = queue.write(0);
    state = State::drain;
  }
  IOResult<Unit> end() {
    state = State::submit;
    const Completion written = std::exchange(own, {});
    if (!written.succeeded()) return written.get_error();
    return Unit{};
  }
};

struct DrainsTheQueue : Flush {
  IOResult<Unit> flush() {
    if (state == State::submit) submit();
    std::erase_if(queue.in_flight, [](const Completion& write) { return write.finished(); });
    if (!queue.in_flight.empty()) IO_YIELD_ONE(queue.in_flight.back());
    return end();
  }
};

struct DrainsItsOwn : Flush {
  IOResult<Unit> flush() {
    if (state == State::submit) submit();
    std::erase_if(queue.in_flight, [](const Completion& write) { return write.finished(); });
    if (!own.finished()) IO_YIELD_ONE(own);
    return end();
  }
};

template <class Machine>
void flush_beside_writer(Sim& sim) {
  Queue queue{sim.open("blocks")};
  Machine machine{{queue}};
  bool flushed = false;
  sim.entries_per_operation_max(20);
  sim.task("writer", [&] {
    for (int i = 0; i < writes_max && !flushed; ++i) {
      const Completion write = queue.write(1);
      sim.expect(sim.wait(write) == IOError::none, "the block is written");
    }
  });
  sim.task("flusher", [&] {
    sim.expect(sim.await([&] { return machine.flush(); }).ok(), "the queue is flushed");
    flushed = true;
  });
  sim.run();
}

CANARY("corpus/progress/drain-all", "endless-run", flush_beside_writer<DrainsTheQueue>,
       flush_beside_writer<DrainsItsOwn>);

}  // namespace
}  // namespace reprise::corpus::drain_all
