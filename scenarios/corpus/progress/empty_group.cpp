// Corpus 32: a group is finished by the last of its children. One that has no child is never
// finished, and a flush with nothing to write waits for ever.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace reprise::corpus::empty_group {
namespace {

constexpr std::size_t page_size = 512;

struct Cache {
  File& file;
  std::vector<std::uint64_t> dirty = {};
  CompletionPool pool = {};
  std::uint64_t outstanding = 0;  // writes of the group
  IOError error = IOError::none;
  Completion group = {};

  void write_dirty_pages() {
    for (const std::uint64_t page : dirty) {
      file.pwrite(page * page_size, Buffer::allocate(page_size),
                  [this](const Completion& write) { write_has_ended(write); });
    }
  }
  void write_has_ended(const Completion& write) {
    if (!write.succeeded()) error = write.get_error();
    if (--outstanding == 0) group.finish(0);
  }
  IOResult<Unit> finish() {
    if (!group.finished()) IO_YIELD_ONE(group);
    group = {};
    const IOError failed = std::exchange(error, IOError::none);
    if (failed != IOError::none) return failed;
    dirty.clear();
    return Unit{};
  }
};

struct WaitsForTheLastChild : Cache {
  IOResult<Unit> flush() {
    if (!group) {
      outstanding = dirty.size();
      group = pool.make();
      write_dirty_pages();
    }
    return finish();
  }
};

struct FinishesTheEmptyGroup : Cache {
  IOResult<Unit> flush() {
    if (!group) {
      outstanding = dirty.size();
      group = outstanding == 0 ? Completion::done() : pool.make();
      write_dirty_pages();
    }
    return finish();
  }
};

template <class Machine>
void flush_twice(Sim& sim) {
  Machine cache{{sim.open("pages"), {1, 2}}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return cache.flush(); }));
  });
  sim.run();
}

CANARY("corpus/progress/empty-group", "deadlock", flush_twice<WaitsForTheLastChild>,
       flush_twice<FinishesTheEmptyGroup>);

}  // namespace
}  // namespace reprise::corpus::empty_group
