// What lives on the stack is new in each entry, however it is written: by the function itself, by
// callees, inlined or not, through references, pointers and captures. None of it is state.
#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <variant>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::locals {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

struct Scalars : Writer {
  IOResult<Unit> step() {
    int count = 0;
    bool odd = false;
    std::uint64_t sums[4] = {};
    for (std::uint64_t i = 0; i < 10; ++i) {
      count += 1;
      odd = !odd;
      sums[i % 4] += i;
    }
    RETURN_IF_IO(file.write(odd ? 1 : 0, sums[1]));
    total += static_cast<std::uint64_t>(count);
    return Unit{};
  }
};
SCENARIO("sound/local-scalars") { two_steps<Scalars>(sim); }

[[gnu::noinline]] void add_into(std::uint64_t& sum, std::uint64_t amount) { sum += amount; }
[[gnu::noinline]] void fill(std::uint64_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] += i;
}

struct ByReference : Writer {
  IOResult<Unit> step() {
    std::uint64_t sum = total;
    std::uint64_t cells[8] = {};
    add_into(sum, 3);
    fill(cells, 8);
    add_into(sum, cells[7]);
    RETURN_IF_IO(file.write(0, sum));
    total = sum;
    return Unit{};
  }
};
SCENARIO("sound/locals-by-reference") { two_steps<ByReference>(sim); }

// The callee's locals become the caller's when it is inlined.
inline std::uint64_t mixed(std::uint64_t value) {
  std::uint8_t bytes[8];
  std::memcpy(bytes, &value, sizeof bytes);
  for (std::size_t i = 0; i + 1 < sizeof bytes; ++i) bytes[i + 1] ^= bytes[i];
  std::reverse(std::begin(bytes), std::end(bytes));
  std::memcpy(&value, bytes, sizeof bytes);
  return value & 0xff;
}

struct InlinedCallee : Writer {
  IOResult<Unit> step() {
    const std::uint64_t a = mixed(total + 1);
    const std::uint64_t b = mixed(a);
    RETURN_IF_IO(file.write(a, b));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/inlined-callee-locals") { two_steps<InlinedCallee>(sim); }

struct Captures : Writer {
  IOResult<Unit> step() {
    std::uint64_t calls = 0;
    std::uint64_t sum = 0;
    const auto note = [&](std::uint64_t value) {
      calls += 1;
      sum += value;
    };
    auto ticket = [next = std::uint64_t{0}]() mutable { return next++; };
    const std::function<void()> twice = [&] {
      note(ticket());
      note(ticket());
    };
    twice();
    twice();
    RETURN_IF_IO(file.write(calls, sum));
    total += calls + sum;
    return Unit{};
  }
};
SCENARIO("sound/lambda-captures") { two_steps<Captures>(sim); }

// A capture that changes within the awaited expression.
struct CapturedInAwait : Writer {
  IOResult<Unit> step() {
    std::uint64_t attempts = 0;
    const auto write = [&] {
      attempts += 1;
      return file.write(attempts, 1);
    };
    RETURN_IF_IO(write());
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/lambda-in-await") { two_steps<CapturedInAwait>(sim); }

struct Recursion : Writer {
  static std::uint64_t depth_of(std::uint64_t number, std::uint64_t* visited) {
    *visited += 1;
    std::uint64_t here = number % 3;
    if (number > 1) here += depth_of(number / 2, visited) + depth_of(number / 3, visited);
    return here;
  }

  IOResult<Unit> step() {
    std::uint64_t visited = 0;
    const std::uint64_t depth = depth_of(50, &visited);
    RETURN_IF_IO(file.write(0, depth));
    total += visited;
    return Unit{};
  }
};
SCENARIO("sound/recursion") { two_steps<Recursion>(sim); }

// The same await site four levels deep, and a path on the stack that each level adds to.
struct RecursiveAwait : Writer {
  struct Path {
    std::array<std::uint64_t, 4> pages = {};
    std::size_t length = 0;
  };

  IOResult<std::uint64_t> descend(std::uint64_t page, Path& path) {
    path.pages[path.length++] = page;
    if (path.length == path.pages.size()) {
      RETURN_IF_IO(file.write(page, path.pages[0]));
      return page;
    }
    const std::uint64_t leaf = RETURN_IF_IO(descend(page + 1, path));
    return leaf;
  }

  IOResult<Unit> step() {
    Path path;
    total += RETURN_IF_IO(descend(0, path));
    return Unit{};
  }
};
SCENARIO("sound/recursive-await") { two_steps<RecursiveAwait>(sim); }

struct BigArray : Writer {
  IOResult<Unit> step() {
    std::array<std::uint64_t, 2048> table;
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = i * i + total;
    RETURN_IF_IO(file.write(0, table[1000]));
    total += table[2];
    return Unit{};
  }
};
SCENARIO("sound/big-local-array") { two_steps<BigArray>(sim); }

struct Config {
  std::uint64_t page_size = 512;
  std::uint64_t pages = 8;
  char name[24] = "main";
};

struct StructCopy : Writer {
  Config config = {};

  IOResult<Unit> step() {
    Config mine;
    std::memcpy(&mine, &config, sizeof mine);
    mine.pages *= 2;
    std::strcpy(mine.name, "copy");
    Config other = mine;
    other.page_size += mine.pages;
    RETURN_IF_IO(file.write(mine.pages, other.page_size));
    total += other.page_size;
    return Unit{};
  }
};
SCENARIO("sound/struct-copied-to-local") { two_steps<StructCopy>(sim); }

struct SortedCopy : Writer {
  std::array<std::uint64_t, 8> keys = {5, 3, 8, 1, 9, 2, 7, 4};

  IOResult<Unit> step() {
    std::array<std::uint64_t, 8> sorted = keys;
    std::ranges::sort(sorted);
    const auto end = std::unique(sorted.begin(), sorted.end());
    RETURN_IF_IO(file.write(0, *(end - 1)));
    total += sorted[0];
    return Unit{};
  }
};
SCENARIO("sound/local-copy-sorted") { two_steps<SortedCopy>(sim); }

// Short enough to live within the string itself.
struct ShortString : Writer {
  IOResult<Unit> step() {
    std::string name = "wal";
    name += '-';
    name.push_back(static_cast<char>('0' + total % 10));
    name.insert(0, "db/");
    RETURN_IF_IO(file.write(name.size(), 1));
    total += name.size();
    return Unit{};
  }
};
SCENARIO("sound/short-local-string") { two_steps<ShortString>(sim); }

struct Vocabulary : Writer {
  IOResult<Unit> step() {
    std::optional<std::uint64_t> best;
    std::variant<std::uint64_t, std::string> key = std::uint64_t{1};
    std::tuple<std::uint64_t, bool> seen{0, false};
    for (std::uint64_t i = 0; i < 5; ++i) {
      if (!best || *best < i * 3 % 5) best = i * 3 % 5;
      std::get<0>(seen) += i;
      std::get<1>(seen) = !std::get<1>(seen);
    }
    key = std::to_string(*best);
    RETURN_IF_IO(file.write(std::get<std::string>(key).size(), std::get<0>(seen)));
    total += *best;
    return Unit{};
  }
};
SCENARIO("sound/local-optional-variant-tuple") { two_steps<Vocabulary>(sim); }

// A generator by hand: an object on the stack with a state of its own.
struct Collatz {
  std::uint64_t value;
  std::uint64_t steps = 0;
  bool next() {
    if (value == 1) return false;
    value = value % 2 == 0 ? value / 2 : 3 * value + 1;
    ++steps;
    return true;
  }
};

struct Generator : Writer {
  IOResult<Unit> step() {
    Collatz numbers{27};
    while (numbers.next()) {
    }
    RETURN_IF_IO(file.write(0, numbers.steps));
    total += numbers.steps;
    return Unit{};
  }
};
SCENARIO("sound/local-generator") { two_steps<Generator>(sim); }

// Different entries reach the await with other locals: a local is no state, whatever it counts.
struct LocalsDiffer : Writer {
  bool first_written = false;

  IOResult<Unit> step() {
    std::uint64_t writes = 0;
    if (!first_written) {
      RETURN_IF_IO(file.write(0, 1));
      first_written = true;
      writes += 1;
    }
    writes += 1;
    RETURN_IF_IO(file.write(1, 2));
    first_written = false;
    total += writes > 0 ? 1 : 0;
    return Unit{};
  }
};
SCENARIO("sound/locals-differ-between-entries") { two_steps<LocalsDiffer>(sim); }

}  // namespace
}  // namespace reprise::watched::locals
