// Expect: crash: was ended by a bad access
// The page is looked up again after the yield, and by then another task may have dropped it.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>
#include <memory>

using namespace reprise;

namespace {

struct Cache {
  File& file;
  std::map<std::uint64_t, std::unique_ptr<std::uint64_t>> pages = {};

  IOResult<std::uint64_t> add_one(std::uint64_t number, Completion& syncing) {
    if (!syncing) {
      if (!pages[number]) pages[number] = std::make_unique<std::uint64_t>(0);
      syncing = file.sync();
    }
    if (!syncing.finished()) IO_YIELD_ONE(syncing);
    return *pages[number] += 1;
  }
  IOResult<Unit> drop(std::uint64_t number) {
    pages.erase(number);
    return Unit{};
  }
};

}  // namespace

SCENARIO("case/crashes") {
  Cache cache{sim.open("db")};
  sim.task("writer", [&] {
    Completion syncing;
    (void)sim.await([&] { return cache.add_one(1, syncing); });
  });
  sim.task("cleaner", [&] { (void)sim.await([&] { return cache.drop(1); }); });
  sim.run();
}
