// What a run must not depend on, because the next run has another one: the address of an object,
// what the heap happened to hold, a static that the last run left behind. Each broken machine lets
// one of them decide how many pages it reads.
#include <reprise/reprise.h>

#include <cstdint>
#include <memory>

#include "scenarios/number_file.h"

namespace reprise::determinism::hidden_input {
namespace {

// Reads `pages` pages, one after the other.
struct Scan {
  NumberFile file;
  Tracked<std::uint64_t> at{"at"};

  IOResult<Unit> scan(std::uint64_t pages) {
    while (at < pages) {
      RETURN_IF_IO(file.read(at));
      at += 1;
    }
    at = 0;
    return Unit{};
  }
};

template <std::uint64_t (*pages)()>
void scan_once(Sim& sim) {
  Scan scan{NumberFile(sim.open("pages"))};
  sim.task("client", [&] {
    const std::uint64_t count = pages();
    sim.expect(sim.await([&] { return scan.scan(count); }).ok(), "the pages are scanned");
  });
  sim.run();
}

std::uint64_t two_pages() { return 2; }

// A sort by address, or a hash of a pointer, comes down to this.
std::uint64_t pages_by_address() {
  const auto object = std::make_unique<std::uint64_t[]>(4);
  return 1 + (reinterpret_cast<std::uintptr_t>(object.get()) >> 4) % 64;
}

// A field that no constructor has set, in an object on the heap.
std::uint64_t pages_by_garbage() {
  struct Options {
    std::uint64_t unused[400];
    std::uint64_t pages;
  };
  const auto options = std::make_unique_for_overwrite<Options>();
  const volatile std::uint64_t& pages = options->pages;  // lest the compiler see it and do away
  return 1 + pages % 64;
}

// A cache that is made once for the process, not once for the world.
std::uint64_t pages_by_static() {
  static std::uint64_t calls = 0;
  calls += 1;
  return 1 + calls % 64;
}

CANARY("determinism/address", "determinism", scan_once<pages_by_address>, scan_once<two_pages>);
CANARY("determinism/garbage", "determinism", scan_once<pages_by_garbage>, scan_once<two_pages>);
CANARY("determinism/static", "determinism", scan_once<pages_by_static>, scan_once<two_pages>);

}  // namespace
}  // namespace reprise::determinism::hidden_input
