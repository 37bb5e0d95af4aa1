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

// Scans as many pages as each digit of the number says, lest two numbers come to the same.
template <std::uint64_t (*number)()>
void scan_by_digits(Sim& sim) {
  Scan scan{NumberFile(sim.open("pages"))};
  sim.task("client", [&] {
    for (std::uint64_t rest = number(); rest != 0; rest /= 16) {
      const std::uint64_t pages = rest % 16;
      sim.expect(sim.await([&] { return scan.scan(pages); }).ok(), "the pages are scanned");
    }
  });
  sim.run();
}

std::uint64_t two() { return 2; }

// A sort by address, or a hash of a pointer, comes down to this.
std::uint64_t address() {
  const auto object = std::make_unique<std::uint64_t[]>(4);
  return reinterpret_cast<std::uintptr_t>(object.get());
}

// A field that no constructor has set, in an object on the heap.
std::uint64_t garbage() {
  struct Options {
    std::uint64_t unused[400];
    std::uint64_t number;
  };
  const auto options = std::make_unique_for_overwrite<Options>();
  const volatile std::uint64_t& number = options->number;  // lest the compiler see it and do away
  return number;
}

// A cache that is made once for the process, not once for the world.
std::uint64_t calls() {
  static std::uint64_t calls = 0;
  return ++calls;
}

CANARY("determinism/address", "determinism", scan_by_digits<address>, scan_by_digits<two>);
CANARY("determinism/garbage", "determinism", scan_by_digits<garbage>, scan_by_digits<two>);
CANARY("determinism/static", "determinism", scan_by_digits<calls>, scan_by_digits<two>);

}  // namespace
}  // namespace reprise::determinism::hidden_input
