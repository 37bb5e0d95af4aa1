// Memory that is allocated and freed within one entry is as good as a local, also where the next
// entry gets it at the same address and puts other things there.
#include <reprise/reprise.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::scratch {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

struct Vector : Writer {
  IOResult<Unit> step() {
    std::vector<std::uint64_t> squares;
    for (std::uint64_t i = 0; i < 20; ++i) squares.push_back(i * i);
    squares.erase(squares.begin());
    RETURN_IF_IO(file.write(0, squares.back()));
    total += squares.size();
    return Unit{};
  }
};
SCENARIO("sound/scratch-vector") { two_steps<Vector>(sim); }

struct Maps : Writer {
  IOResult<Unit> step() {
    std::map<std::string, std::uint64_t> counts;
    for (const char* word : {"begin", "write", "sync", "write", "end"}) counts[word] += 1;
    std::set<std::uint64_t> sizes;
    for (const auto& [word, count] : counts) sizes.insert(word.size() + count);
    RETURN_IF_IO(file.write(counts["write"], sizes.size()));
    total += counts.size();
    return Unit{};
  }
};
SCENARIO("sound/scratch-map-and-set") { two_steps<Maps>(sim); }

struct Lists : Writer {
  IOResult<Unit> step() {
    std::list<std::uint64_t> queue{1, 2, 3};
    std::deque<std::uint64_t> done;
    while (!queue.empty()) {
      done.push_back(queue.front());
      queue.pop_front();
      if (done.size() == 2) queue.push_back(9);
    }
    RETURN_IF_IO(file.write(0, done.back()));
    total += done.size();
    return Unit{};
  }
};
SCENARIO("sound/scratch-list-and-deque") { two_steps<Lists>(sim); }

struct Text : Writer {
  IOResult<Unit> step() {
    std::ostringstream text;
    text << "page " << total << " of " << 42;
    std::string line = text.str();
    line += std::string(40, '.');  // too long to live within the string itself
    RETURN_IF_IO(file.write(0, line.size()));
    total += line.size();
    return Unit{};
  }
};
SCENARIO("sound/scratch-stream-and-string") { two_steps<Text>(sim); }

struct Cell {
  std::uint64_t value = 0;
  Cell* next = nullptr;
};

struct NewAndDelete : Writer {
  IOResult<Unit> step() {
    Cell* first = nullptr;
    for (std::uint64_t i = 0; i < 4; ++i) first = new Cell{i, first};
    std::uint64_t sum = 0;
    while (first != nullptr) {
      sum += first->value++;
      delete std::exchange(first, first->next);
    }
    RETURN_IF_IO(file.write(0, sum));
    total += sum;
    return Unit{};
  }
};
SCENARIO("sound/scratch-new-delete") { two_steps<NewAndDelete>(sim); }

struct MallocAndFree : Writer {
  IOResult<Unit> step() {
    auto* bytes = static_cast<std::uint8_t*>(std::malloc(64));
    if (bytes == nullptr) return IOError::no_memory;
    std::memset(bytes, 0, 64);
    for (std::uint8_t i = 0; i < 64; ++i) bytes[i] = static_cast<std::uint8_t>(bytes[i] + i);
    bytes = static_cast<std::uint8_t*>(std::realloc(bytes, 4096));
    if (bytes == nullptr) return IOError::no_memory;
    std::memmove(bytes + 64, bytes, 64);
    const std::uint64_t last = bytes[127];
    std::free(bytes);
    RETURN_IF_IO(file.write(0, last));
    total += last;
    return Unit{};
  }
};
SCENARIO("sound/scratch-malloc-free") { two_steps<MallocAndFree>(sim); }

struct Pointers : Writer {
  IOResult<Unit> step() {
    const auto owned = std::make_unique<Cell>();
    const auto shared = std::make_shared<Cell>();
    const std::shared_ptr<Cell> second = shared;
    const std::unique_ptr<std::uint64_t[]> array(new std::uint64_t[16]());
    for (int i = 0; i < 5; ++i) {
      owned->value += 1;
      second->value += owned->value;
      array[3] += 1;
    }
    RETURN_IF_IO(file.write(array[3], shared->value));  // freed on the way out
    total += shared->value;
    return Unit{};
  }
};
SCENARIO("sound/scratch-smart-pointers") { two_steps<Pointers>(sim); }

struct Functions : Writer {
  IOResult<Unit> step() {
    std::array<std::uint64_t, 12> steps = {};
    // Too large to live within the std::function.
    std::function<std::uint64_t()> count = [steps]() mutable { return ++steps[3]; };
    std::vector<std::function<void()>> later;
    std::uint64_t sum = 0;
    for (int i = 0; i < 3; ++i) later.emplace_back([&] { sum += count(); });
    for (const auto& call : later) call();
    RETURN_IF_IO(file.write(0, sum));
    total += sum;
    return Unit{};
  }
};
SCENARIO("sound/scratch-std-function") { two_steps<Functions>(sim); }

// The list is new in each entry and is at the same address as the last; what stands in it is not.
struct SameAddress : Writer {
  const std::uint64_t* clock = nullptr;

  IOResult<Unit> step() {
    auto* stamped = new std::vector<std::uint64_t>{*clock, *clock + 1};
    stamped->push_back(stamped->front() * 3);
    const std::uint64_t parity = stamped->back() - 3 * *clock;
    delete stamped;
    const std::string label = "a label for the time " + std::to_string(*clock);
    RETURN_IF_IO(file.write(0, parity + (label.empty() ? 1 : 0)));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/memory-at-the-same-address") {
  std::uint64_t clock = 0;
  SameAddress machine{{NumberFile(sim.open("numbers"))}, &clock};
  sim.task("clock", [&] {
    for (int i = 0; i < 6; ++i) {
      clock += 1;
      sim.yield();
    }
  });
  take_two_steps(sim, machine);
}

// Given to a member and taken away again within the entry.
struct HeldForAWhile : Writer {
  std::unique_ptr<Cell> held = {};

  IOResult<Unit> step() {
    held = std::make_unique<Cell>();
    held->value = total + 1;
    const std::uint64_t value = held->value;
    held.reset();
    RETURN_IF_IO(file.write(0, value));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/scratch-held-by-member") { two_steps<HeldForAWhile>(sim); }

// Kept for its memory; what is in it is made anew, and comes out the same.
struct KeptScratch : Writer {
  std::vector<std::uint64_t> keys = {};

  IOResult<Unit> step() {
    keys.clear();
    for (std::uint64_t i = 0; i < 6; ++i) keys.push_back(i * 7 % 5);
    RETURN_IF_IO(file.write(0, keys.back()));
    total += keys.size();
    return Unit{};
  }
};
SCENARIO("sound/member-scratch-filled-alike") { two_steps<KeptScratch>(sim); }

// Allocated in the first entry and kept; later ones write the same into it.
struct Prepared : Writer {
  std::unique_ptr<Cell> cell = {};

  IOResult<Unit> step() {
    if (!cell) cell = std::make_unique<Cell>();
    cell->value = total + 5;
    RETURN_IF_IO(file.write(0, cell->value));
    total += 1;
    cell.reset();
    return Unit{};
  }
};
SCENARIO("sound/kept-memory-written-alike") { two_steps<Prepared>(sim); }

// Freed and allocated anew in each entry: another block, with the same in it, that the member owns.
struct Remade : Writer {
  std::vector<std::uint64_t> page = {};

  IOResult<Unit> step() {
    if (page.empty()) page.assign(32, 0);
    for (std::uint64_t& word : page) word = 11;
    RETURN_IF_IO(file.write(0, page[5]));
    page.clear();
    page.shrink_to_fit();
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/freed-between-operations") { two_steps<Remade>(sim); }

}  // namespace
}  // namespace reprise::watched::scratch
