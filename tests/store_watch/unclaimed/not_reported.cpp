// Double mutations by stores that nobody reports: of code that is not compiled with the watch, or
// that the compiler does not tell of. Some are found all the same, by what comes of them.
#include <reprise/reprise.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::not_reported {
namespace {

// A struct that a call returns straight into a member: g++ tells of assignments, and takes none of
// this. Clang does, and so does g++ where the call is inlined.
struct Record {
  std::uint64_t sequence;
  std::uint64_t size;
  char kind[16];
};

[[gnu::noinline]] Record after(const Record& record) {
  Record next = record;
  next.sequence += 1;
  return next;
}

struct Journal {
  NumberFile file;
  Record last = {};
  std::uint64_t shown() const { return last.sequence; }
};

struct ReturnsFirst : Journal {
  IOResult<Unit> step() {
    last = after(last);
    RETURN_IF_IO(file.write(0, last.sequence));
    return Unit{};
  }
};

struct ReturnsWhenWritten : Journal {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, last.sequence + 1));
    last = after(last);
    return Unit{};
  }
};

CANARY("unclaimed/struct-returned-into-member", "double-mutation", two_steps<ReturnsFirst>,
       two_steps<ReturnsWhenWritten>);

// A list keeps its size, and its nodes are linked anew by the library's own code.
struct RoundRobin {
  NumberFile file;
  std::list<std::uint64_t> turns = {1, 2, 3};

  void rotate() { turns.splice(turns.end(), turns, turns.begin()); }
  std::uint64_t shown() const { return turns.front(); }
};

struct RotatesFirst : RoundRobin {
  IOResult<Unit> step() {
    rotate();
    RETURN_IF_IO(file.write(0, turns.front()));
    return Unit{};
  }
};

struct RotatesWhenWritten : RoundRobin {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, turns.front()));
    rotate();
    return Unit{};
  }
};

CANARY("unclaimed/list-splice", "double-mutation", two_steps<RotatesFirst>,
       two_steps<RotatesWhenWritten>);

// A number kept as text, which the C library writes.
struct Label {
  NumberFile file;
  char text[16] = "0";

  void count() { std::snprintf(text, sizeof text, "%d", std::atoi(text) + 1); }
  std::uint64_t shown() const { return static_cast<std::uint64_t>(std::atoi(text)); }
};

struct PrintsFirst : Label {
  IOResult<Unit> step() {
    count();
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct PrintsWhenWritten : Label {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    count();
    return Unit{};
  }
};

CANARY("unclaimed/snprintf", "double-mutation", two_steps<PrintsFirst>,
       two_steps<PrintsWhenWritten>);

}  // namespace
}  // namespace reprise::watched::not_reported
