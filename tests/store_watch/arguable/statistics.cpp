// Machines that do change something again on re-entry, and whose authors would say: so it should.
// The rule takes each for a double mutation; a user marks such state as benign.
#include <reprise/reprise.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::statistics {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

// Counts entries, for a dashboard. It counts what it says; but it is the pitfall, letter by letter.
struct EntryCount : Writer {
  std::uint64_t entries = 0;

  IOResult<Unit> step() {
    entries += 1;
    RETURN_IF_IO(file.write(0, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/entry-count") { two_steps<EntryCount>(sim); }

// A cache's look-up makes its entry the latest used. Done twice it is still the latest, with
// another stamp.
struct TouchedEntry : Writer {
  std::uint64_t clock = 0;
  std::uint64_t last_used = 0;

  void touch() { last_used = ++clock; }

  IOResult<Unit> step() {
    touch();
    RETURN_IF_IO(file.write(0, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/lru-touch") { two_steps<TouchedEntry>(sim); }

// A log for people, of what was tried.
struct DebugLog : Writer {
  std::vector<std::string> lines = {};

  IOResult<Unit> step() {
    lines.emplace_back("about to write");
    RETURN_IF_IO(file.write(0, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/debug-log") { two_steps<DebugLog>(sim); }

// A random choice that may as well be another one in the next entry; its generator has moved on.
struct RandomPlace : Writer {
  std::uint64_t state = 88172645463325252u;

  std::uint64_t draw() {
    state ^= state << 13u;
    state ^= state >> 7u;
    state ^= state << 17u;
    return state;
  }

  IOResult<Unit> step() {
    const std::uint64_t start = draw() % 4;
    RETURN_IF_IO(file.read(start));
    total += 1;
    return Unit{};
  }
};
SCENARIO("arguable/random-place") { two_steps<RandomPlace>(sim); }

}  // namespace
}  // namespace reprise::watched::statistics
