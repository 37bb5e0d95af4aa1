// Changes that are taken back in meaning, though not to the byte; and ones that others undo in
// between, so that the same line has something to do again.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::arguable_sharing {
namespace {

// A lock with a version, as readers without locks want it: free again, and two versions on.
struct Versioned {
  NumberFile file;
  std::uint64_t version = 0;  // odd: held
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  IOResult<Unit> step() {
    version += 1;
    const std::uint64_t seen = total;
    version += 1;
    RETURN_IF_IO(file.write(0, seen));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/lock-with-version") { two_steps<Versioned>(sim); }

// Borrows a page from a ring of free ones, and gives it back at the other end: as many are free as
// before, in another order.
struct RingOfPages {
  NumberFile file;
  std::array<std::uint32_t, 4> free = {0, 1, 2, 3};
  std::uint32_t first = 0;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }

  struct Borrowed {
    RingOfPages& ring;
    std::uint32_t page;
    explicit Borrowed(RingOfPages& of) : ring(of), page(of.free[of.first % 4]) { ring.first += 1; }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() { ring.free[(ring.first + 3) % 4] = page; }
  };

  IOResult<Unit> step() {
    const Borrowed scratch(*this);
    RETURN_IF_IO(file.write(scratch.page, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/ring-of-free-pages") { two_steps<RingOfPages>(sim); }

// Says who writes. Another task has said something else in between, so the line changes it back.
struct SaysWho {
  NumberFile file;
  std::uint32_t id;
  std::uint32_t& writer;
  std::uint64_t writes = 0;

  IOResult<Unit> write() {
    writer = id;
    RETURN_IF_IO(file.write(id, id));
    writes += 1;
    return Unit{};
  }
};
SCENARIO("arguable/last-writer-wins") {
  File& file = sim.open("numbers");
  std::uint32_t writer = 0;
  SaysWho machines[2] = {{NumberFile(file), 1, writer}, {NumberFile(file), 2, writer}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&, i] {
      for (int j = 0; j < 3; ++j) {
        sim.expect(sim.await([&] { return machines[i].write(); }).ok(), "the number is written");
      }
    });
  }
  sim.finally("all is written", [&] { return machines[0].writes + machines[1].writes == 6; });
  sim.run();
}

}  // namespace
}  // namespace reprise::watched::arguable_sharing
