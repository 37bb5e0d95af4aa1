// A C machine on the simulated disk. It has no await macro, so what is seen of it are its entries
// and what it waits for: the bug shows in the copy, under all but the calmest timing.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "adapter.h"

using namespace reprise;

namespace {

constexpr std::size_t file_size = 3 * COPIER_BLOCK + 5;

Coroutine<> fill(File& file) {
  const Buffer bytes = Buffer::allocate(file_size);
  for (std::size_t i = 0; i < file_size; ++i) bytes.bytes()[i] = static_cast<std::byte>(i);
  for (std::uint64_t done = 0; done < file_size;) {
    done += co_await or_return(file.pwrite(done, bytes.slice(done, file_size - done)));
  }
  co_return Unit{};
}

Coroutine<Buffer> read_all(File& file) {
  const Buffer bytes = Buffer::allocate(file_size);
  for (std::uint64_t done = 0; done < file_size;) {
    const Buffer rest = bytes.slice(done, file_size - done);
    const std::uint64_t read = co_await or_return(file.pread(done, rest));
    if (read == 0) break;
    done += read;
  }
  co_return bytes;
}

template <int (*step)(copier*)>
void copy(Sim& sim) {
  CallbackIO io;
  CopierFile from{io, sim.open("from")};
  CopierFile to{io, sim.open("to")};
  copier machine{};
  sim.survives({.errors = true, .short_io = true, .cancels = true, .abandons = true});
  sim.task("client", [&] {
    Coroutine<> filling = fill(from.file);
    if (!sim.await([&] { return filling.step(); }).ok()) return;
    copier_init(&machine, &copier_on_reprise, &from, &to);
    const Outcome<Unit> copied = sim.await([&] { return step_copier(step, machine, io); },
                                           {.abandon = [&] { io.forget(); }, .abort = {}});
    if (!copied.ok()) return;
    Coroutine<Buffer> reading = read_all(to.file);
    const Outcome<Buffer> copy = sim.await([&] { return reading.step(); });
    if (!copy.ok()) return;
    for (std::size_t i = 0; i < file_size; ++i) {
      if (copy.value().bytes()[i] == static_cast<std::byte>(i)) continue;
      sim.expect(false, "the copy is like the original");
      break;
    }
  });
  sim.run();
}

CANARY("foreign-c/copier", "invariant", copy<hasty_copier_step>, copy<copier_step>);

}  // namespace
