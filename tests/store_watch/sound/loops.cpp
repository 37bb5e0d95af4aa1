// Loops around an await. What changes after each Done is progress: the same line stores again, on
// the way to the same await, and the machine is right.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::loops {
namespace {

struct Sum {
  NumberFile file;
  std::uint64_t index = 0;
  std::uint64_t sum = 0;
  std::uint64_t shown() const { return sum; }
};

struct While : Sum {
  IOResult<Unit> step() {
    while (index < 5) {
      const std::uint64_t number = RETURN_IF_IO(file.read(index));
      sum += number + index;
      index += 1;
    }
    index = 0;
    return Unit{};
  }
};
SCENARIO("sound/loop-progress-after-done") { two_steps<While>(sim); }

// The loop's head stores before the await, but only after a Done: `index` is where it was left.
struct For : Sum {
  bool under_way = false;

  IOResult<Unit> step() {
    if (!under_way) index = 0;
    under_way = true;
    for (; index < 5; ++index) sum += index + RETURN_IF_IO(file.read(index));
    under_way = false;
    return Unit{};
  }
};
SCENARIO("sound/for-loop-over-member") { two_steps<For>(sim); }

struct Nested {
  NumberFile file;
  std::uint64_t row = 0;
  std::uint64_t column = 0;
  std::uint64_t cells = 0;
  std::uint64_t shown() const { return cells; }

  IOResult<Unit> step() {
    for (; row < 3; ++row) {
      for (; column < 2; ++column) {
        RETURN_IF_IO(file.write(row * 2 + column, cells));
        ++cells;
      }
      column = 0;
    }
    row = 0;
    return Unit{};
  }
};
SCENARIO("sound/nested-loops") { two_steps<Nested>(sim); }

// Counts a failure when it is seen, not before the attempt.
struct Retry {
  NumberFile file;
  std::uint32_t failures = 0;
  std::uint64_t attempts_needed = 3;
  std::uint64_t shown() const { return failures; }

  IOResult<Unit> step() {
    while (failures < 5) {
      const std::uint64_t number = RETURN_IF_IO(file.read(failures));
      if (number + failures >= attempts_needed) return Unit{};
      failures += 1;
    }
    return IOError::timed_out;
  }
};
SCENARIO("sound/retry-counts-failures") { two_steps<Retry>(sim); }

// A queue that is drained: each item is taken out when it has been written.
struct Drain {
  NumberFile file;
  std::vector<std::uint64_t> queue = {};
  std::uint64_t written = 0;
  std::uint64_t shown() const { return written; }

  IOResult<Unit> step() {
    if (queue.empty()) queue = {3, 1, 2};
    while (!queue.empty()) {
      RETURN_IF_IO(file.write(written, queue.back()));
      queue.pop_back();
      written += 1;
    }
    return Unit{};
  }
};
SCENARIO("sound/queue-drained") { two_steps<Drain>(sim); }

// Takes an item out before the await, and keeps it in the machine.
struct TakesOut {
  NumberFile file;
  std::vector<std::uint64_t> queue = {4, 3, 2, 1};
  std::optional<std::uint64_t> current = {};
  std::uint64_t written = 0;
  std::uint64_t shown() const { return written; }

  IOResult<Unit> step() {
    while (current || !queue.empty()) {
      if (!current) {
        current = queue.back();
        queue.pop_back();
      }
      RETURN_IF_IO(file.write(*current, 1));
      written = written * 10 + *current;
      current.reset();
    }
    return Unit{};
  }
};
SCENARIO("sound/item-taken-out-once") { two_steps<TakesOut>(sim); }

// A generator without coroutines: next() yields, the numbers come one at a time.
struct Numbers {
  NumberFile file;
  std::uint64_t at = 0;

  IOResult<std::optional<std::uint64_t>> next() {
    if (at == 4) {
      at = 0;
      return std::optional<std::uint64_t>();
    }
    const std::uint64_t number = at + RETURN_IF_IO(file.read(at));
    at += 1;
    return std::optional(number);
  }
};

struct Consumer {
  Numbers numbers;
  std::vector<std::uint64_t> taken = {};
  std::uint64_t shown() const { return taken.size(); }

  IOResult<Unit> step() {
    for (;;) {
      const std::optional<std::uint64_t> number = RETURN_IF_IO(numbers.next());
      if (!number) return Unit{};
      taken.push_back(*number);
    }
  }
};
SCENARIO("sound/generator") {
  Consumer machine{Numbers{NumberFile(sim.open("numbers"))}};
  take_two_steps(sim, machine);
}

// Two loops over the same helper: the await within it is reached along both.
struct Passes {
  NumberFile file;
  std::uint64_t pass = 0;
  std::uint64_t at = 0;
  std::uint64_t sum = 0;
  std::uint64_t shown() const { return sum; }

  IOResult<Unit> go_on() {
    sum += 1 + RETURN_IF_IO(file.read(at));
    at += 1;
    return Unit{};
  }

  IOResult<Unit> step() {
    while (pass == 0 && at < 3) RETURN_IF_IO(go_on());
    if (pass == 0) at = 0;
    pass = 1;
    while (at < 2) RETURN_IF_IO(go_on());
    pass = 0;
    at = 0;
    return Unit{};
  }
};
SCENARIO("sound/two-loops-one-helper") { two_steps<Passes>(sim); }

// Binary search: the bounds move after each read.
struct Search {
  NumberFile file;
  std::uint64_t low = 0;
  std::uint64_t high = 16;
  std::uint64_t found = 0;
  std::uint64_t shown() const { return found; }

  IOResult<Unit> step() {
    while (low < high) {
      const std::uint64_t middle = (low + high) / 2;
      const std::uint64_t number = RETURN_IF_IO(file.read(middle));
      (number + middle < 11 ? low : high) = number + middle < 11 ? middle + 1 : middle;
    }
    found = found * 16 + low;
    low = 0;
    high = 16;
    return Unit{};
  }
};
SCENARIO("sound/binary-search") { two_steps<Search>(sim); }

// A merge of two inputs: which one is read next depends on what has come.
struct Merge {
  NumberFile left;
  NumberFile right;
  std::array<std::optional<std::uint64_t>, 2> head = {};
  std::array<std::uint64_t, 2> at = {};
  std::string merged = {};
  std::size_t shown() const { return merged.size(); }

  IOResult<Unit> step() {
    while (at[0] + at[1] < 6) {
      if (!head[0]) head[0] = 2 * at[0] + RETURN_IF_IO(left.read(at[0]));
      if (!head[1]) head[1] = 3 * at[1] + RETURN_IF_IO(right.read(at[1]));
      const std::size_t less = *head[0] <= *head[1] ? 0 : 1;
      merged += std::to_string(*head[less]) + ' ';
      head[less].reset();
      at[less] += 1;
    }
    at = {};
    return Unit{};
  }
};
SCENARIO("sound/merge-of-two-inputs") {
  File& file = sim.open("runs");
  Merge machine{NumberFile(file), NumberFile(file)};
  take_two_steps(sim, machine);
}

}  // namespace
}  // namespace reprise::watched::loops
