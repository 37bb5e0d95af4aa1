// Corpus 38: the schema has been committed, and the checkpoint behind it fails. If it fails later,
// the commit goes on to its last step; if it is refused at submit, the commit ends without it.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "scenarios/number_file.h"

namespace reprise::corpus::refused_checkpoint {
namespace {

constexpr std::size_t page_size = 512;

enum class State : std::uint8_t { log, checkpoint };

struct Schema {
  NumberFile log;
  File& table;
  std::uint64_t on_disk = 0;
  std::uint64_t in_memory = 0;
  bool checkpoint_is_due = false;
  State state = State::log;
  Completion pending = {};

  IOResult<Unit> write_log() {
    if (state == State::checkpoint) return Unit{};
    RETURN_IF_IO(log.write(0, on_disk + 1));
    on_disk += 1;
    checkpoint_is_due = true;
    state = State::checkpoint;
    return Unit{};
  }
  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    checkpoint_is_due = !std::exchange(pending, {}).succeeded();
    in_memory = on_disk;
    state = State::log;
    return Unit{};
  }
};

struct HasTwoWaysOut : Schema {
  IOResult<Unit> change() {
    RETURN_IF_IO(write_log());
    if (!pending) {
      const Completion submitted = table.pwrite(0, Buffer::allocate(page_size));
      if (submitted.finished() && !submitted.succeeded()) {
        state = State::log;
        return Unit{};
      }
      pending = submitted;
    }
    return finish();
  }
};

struct HasOneWayOut : Schema {
  IOResult<Unit> change() {
    RETURN_IF_IO(write_log());
    if (!pending) pending = table.pwrite(0, Buffer::allocate(page_size));
    return finish();
  }
};

template <class Machine>
void change_twice(Sim& sim) {
  Machine schema{{NumberFile(sim.open("log")), sim.open("table")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return schema.change(); }));
      sim.expect(schema.in_memory == schema.on_disk, "memory has the schema that is on disk");
    }
  });
  sim.run();
}

CANARY("corpus/invariant/refused-checkpoint", "invariant", change_twice<HasTwoWaysOut>,
       change_twice<HasOneWayOut>);

}  // namespace
}  // namespace reprise::corpus::refused_checkpoint
