// Corpus 35: a reset aborts the group of a statement's writes while some of them are under way. The
// group's callback gives the journal back only when none is, and it runs only once.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::aborted_group {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::uint32_t pages = 2;

// Saves two pages in the journal, which has one owner at a time.
struct Savepoint {
  File& journal;
  CompletionPool pool = {};
  bool owned = false;
  std::uint32_t outstanding = 0;  // writes of the group
  IOError error = IOError::none;
  Completion group = {};

  IOResult<Unit> save() {
    if (!group) {
      if (owned) return IOError::busy;
      start();
    }
    if (!group.finished()) IO_YIELD_ONE(group);
    group = {};
    const IOError failed = std::exchange(error, IOError::none);
    if (failed != IOError::none) return failed;
    return Unit{};
  }
  void start() {
    owned = true;
    outstanding = pages;
    group = pool.make([this](const Completion&) { group_has_ended(); });
    for (std::uint32_t page = 0; page < pages; ++page) {
      journal.pwrite(page * page_size, Buffer::allocate(page_size),
                     [this](const Completion& write) { write_has_ended(write); });
    }
  }
  void write_has_ended(const Completion& write) {
    if (!write.succeeded()) error = write.get_error();
    if (--outstanding == 0 && group && !group.finished()) group.finish(0);
  }
  void group_has_ended() {
    if (outstanding == 0) owned = false;
  }
};

struct AbortsTheGroup : Savepoint {
  IOResult<Unit> reset() {
    if (group) group.fail(IOError::cancelled);
    group = {};
    error = IOError::none;
    return Unit{};
  }
};

struct DrainsTheGroup : Savepoint {
  IOResult<Unit> reset() {
    if (group && !group.finished()) IO_YIELD_ONE(group);
    group = {};
    error = IOError::none;
    return Unit{};
  }
};

template <class Machine>
void save_twice(Sim& sim) {
  Machine savepoint{{sim.open("journal")}};
  sim.survives({.errors = true, .refusals = true, .abandons = true});
  sim.task("client", [&] {
    AwaitOptions options;
    options.abandon = [&] { static_cast<void>(sim.await([&] { return savepoint.reset(); })); };
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return savepoint.save(); }, options));
    }
  });
  sim.held("the journal", [&] { return savepoint.owned ? 1 : 0; });
  sim.run();
}

CANARY("corpus/leak/aborted-group", "leak", save_twice<AbortsTheGroup>, save_twice<DrainsTheGroup>);

}  // namespace
}  // namespace reprise::corpus::aborted_group
