// Corpus 29: a commit that waits for its writes builds a group of them, and builds it anew on each
// re-entry: a write that is still under way is linked a second time, and its end counts once.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace reprise::corpus::group_built_again {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::size_t pages = 2;

struct Commit {
  File& file;
  std::uint64_t first_page;
  CompletionPool pool = {};
  std::array<Completion, pages> writes = {};
  std::uint32_t links = 0;
  Completion group = {};  // of the writes; the first that fails ends it

  void submit() {
    for (std::size_t i = 0; i < pages; ++i) {
      writes[i] = file.pwrite((first_page + i) * page_size, Buffer::allocate(page_size),
                              [this](const Completion& write) { write_has_ended(write); });
    }
  }
  Completion link_writes() {
    for (const Completion& write : writes) {
      if (!write.finished()) ++links;
    }
    return links == 0 ? Completion::done() : pool.make();
  }
  void write_has_ended(const Completion& write) {
    if (!group) return;  // at submit: it has not been linked
    --links;
    if (group.finished()) return;
    if (!write.succeeded()) {
      group.fail(write.get_error());
    } else if (links == 0) {
      group.finish(0);
    }
  }
  IOResult<Unit> result() const {
    for (const Completion& write : writes) {
      if (write.finished() && !write.succeeded()) return write.get_error();
    }
    return Unit{};
  }
};

struct LinksOnEachEntry : Commit {
  IOResult<Unit> commit() {
    if (!writes[0]) submit();
    group = link_writes();
    if (!group.finished()) IO_YIELD_ONE(group);
    return result();
  }
};

struct LinksOnce : Commit {
  IOResult<Unit> commit() {
    if (!writes[0]) submit();
    if (!group) group = link_writes();
    if (!group.finished()) IO_YIELD_ONE(group);
    return result();
  }
};

template <class Machine>
void commit_twice(Sim& sim) {
  File& file = sim.open("pages");
  std::array<Machine, 2> commits = {Machine{{file, 0}}, Machine{{file, pages}}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (Machine& machine : commits) static_cast<void>(sim.await([&] { return machine.commit(); }));
  });
  sim.run();
}

CANARY("corpus/progress/group-built-again", "deadlock", commit_twice<LinksOnEachEntry>,
       commit_twice<LinksOnce>);

}  // namespace
}  // namespace reprise::corpus::group_built_again
