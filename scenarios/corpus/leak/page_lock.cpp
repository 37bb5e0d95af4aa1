// Corpus 41: a page is locked while it is read, and the read's callback unlocks it. On an error the
// callback leaves before it has done so.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::page_lock {
namespace {

constexpr std::size_t page_size = 512;

struct Page {
  File& file;
  Buffer bytes = Buffer::allocate(page_size);
  bool locked = false;
  bool loaded = false;
  Completion pending = {};

  IOResult<Unit> read(CompletionCallback callback) {
    if (loaded) return Unit{};
    if (!pending) {
      if (locked) return IOError::busy;
      locked = true;
      pending = file.pread(0, bytes, std::move(callback));
    }
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct UnlocksWhenLoaded : Page {
  IOResult<Unit> load() {
    return read([this](const Completion& done) {
      if (!done.succeeded()) return;
      loaded = true;
      locked = false;
    });
  }
};

struct UnlocksAnyway : Page {
  IOResult<Unit> load() {
    return read([this](const Completion& done) {
      locked = false;
      if (!done.succeeded()) return;
      loaded = true;
    });
  }
};

template <class Machine>
void load_twice(Sim& sim) {
  Machine page{{sim.open("pages")}};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  sim.task("client", [&] {
    const AwaitOptions options{.abandon = [&] { page.pending = {}; },
                               .abort = [&](IOError) { page.pending = {}; }};
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return page.load(); }, options));
    }
  });
  sim.held("page lock", [&] { return page.locked ? 1 : 0; });
  sim.run();
}

CANARY("corpus/leak/page-lock", "leak", load_twice<UnlocksWhenLoaded>, load_twice<UnlocksAnyway>);

}  // namespace
}  // namespace reprise::corpus::page_lock
