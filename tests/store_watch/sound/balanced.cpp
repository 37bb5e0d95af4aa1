// Changes that are undone before the yield: guards, counters of depth, members saved and restored,
// swapped and swapped back, moved out and put back.
#include <reprise/reprise.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::balanced {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

// Counts up for as long as it lives.
struct Held {
  std::uint32_t& holders;
  explicit Held(std::uint32_t& of) : holders(of) { holders += 1; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { holders -= 1; }
};

struct Guarded : Writer {
  std::uint32_t holders = 0;

  IOResult<Unit> step() {
    const Held lock(holders);
    RETURN_IF_IO(file.write(0, holders));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/lock-guard") { two_steps<Guarded>(sim); }

struct LockedForAMoment : Writer {
  bool locked = false;
  std::uint64_t key = 0;

  IOResult<Unit> step() {
    locked = true;
    const std::uint64_t found = key + total;
    locked = false;
    RETURN_IF_IO(file.write(0, found));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/locked-and-unlocked") { two_steps<LockedForAMoment>(sim); }

// A guard at each level of a nested call.
struct Depth : Writer {
  std::uint32_t depth = 0;

  IOResult<Unit> leaf() {
    const Held here(depth);
    RETURN_IF_IO(file.write(depth, 1));
    return Unit{};
  }
  IOResult<Unit> branch() {
    const Held here(depth);
    RETURN_IF_IO(leaf());
    return Unit{};
  }
  IOResult<Unit> step() {
    const Held here(depth);
    RETURN_IF_IO(branch());
    total += depth;
    return Unit{};
  }
};
SCENARIO("sound/depth-counted-by-guards") { two_steps<Depth>(sim); }

// Puts a member back as it was.
template <class T>
struct Saved {
  T& member;
  T value;
  explicit Saved(T& of) : member(of), value(of) {}
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;
  ~Saved() { member = value; }
};

struct SaveAndRestore : Writer {
  std::uint64_t mode = 3;
  std::string label = "calm";

  IOResult<Unit> step() {
    const Saved saved_mode(mode);
    const Saved saved_label(label);
    mode += 4;
    label = "in a hurry, and with a label that is too long for its place";
    RETURN_IF_IO(file.write(mode, label.size()));
    total += mode;
    return Unit{};
  }
};
SCENARIO("sound/member-saved-and-restored") { two_steps<SaveAndRestore>(sim); }

struct SwapAndBack : Writer {
  std::vector<std::uint64_t> front = {1, 2, 3};
  std::vector<std::uint64_t> back = {4, 5};

  IOResult<Unit> step() {
    front.swap(back);
    const std::uint64_t size = front.size();
    front.swap(back);
    std::swap(front[0], front[2]);
    std::swap(front[2], front[0]);
    RETURN_IF_IO(file.write(0, size));
    total += size;
    return Unit{};
  }
};
SCENARIO("sound/swapped-and-swapped-back") { two_steps<SwapAndBack>(sim); }

struct PushAndPop : Writer {
  std::vector<std::uint64_t> path = {};

  IOResult<Unit> step() {
    path.reserve(8);
    for (std::uint64_t page = 1; page < 5; ++page) path.push_back(page);
    const std::uint64_t leaf = path.back();
    while (!path.empty()) path.pop_back();
    RETURN_IF_IO(file.write(0, leaf));
    total += leaf;
    return Unit{};
  }
};
SCENARIO("sound/pushed-and-popped") { two_steps<PushAndPop>(sim); }

struct MovedOutAndBack : Writer {
  std::vector<std::uint64_t> rows = {7, 8, 9};

  IOResult<Unit> step() {
    std::vector<std::uint64_t> mine = std::move(rows);
    mine[1] += 1;
    const std::uint64_t middle = mine[1];
    mine[1] -= 1;
    rows = std::move(mine);
    RETURN_IF_IO(file.write(0, middle));
    total += middle;
    return Unit{};
  }
};
SCENARIO("sound/moved-out-and-back") { two_steps<MovedOutAndBack>(sim); }

struct TakenForTheCall : Writer {
  std::unique_ptr<std::uint64_t> ticket = std::make_unique<std::uint64_t>(5);

  IOResult<Unit> step() {
    std::unique_ptr<std::uint64_t> mine = std::move(ticket);
    RETURN_AND_RESTORE_IF_IO(ticket, std::move(mine), file.write(0, *mine));
    total += *mine;
    ticket = std::move(mine);
    return Unit{};
  }
};
SCENARIO("sound/return-and-restore") { two_steps<TakenForTheCall>(sim); }

struct CountTakenForTheCall : Writer {
  std::uint64_t budget = 10;

  IOResult<Unit> step() {
    const std::uint64_t before = budget;
    budget -= 3;
    RETURN_AND_RESTORE_IF_IO(budget, before, file.write(0, budget));
    total += budget;
    return Unit{};
  }
};
SCENARIO("sound/return-and-restore-count") { two_steps<CountTakenForTheCall>(sim); }

// What unwinding undoes is undone too.
struct Unwound : Writer {
  std::uint32_t parsers = 0;

  std::uint64_t parse(const std::string& text) {
    const Held here(parsers);
    if (text.size() > 3) throw std::invalid_argument("too long: " + text);
    return text.size();
  }

  IOResult<Unit> step() {
    std::uint64_t failures = 0;
    for (const char* text : {"one", "three", "four"}) {
      try {
        failures += parse(text) == 0 ? 1 : 0;
      } catch (const std::invalid_argument&) {
        failures += 1;
      }
    }
    RETURN_IF_IO(file.write(failures, parsers));
    total += failures;
    return Unit{};
  }
};
SCENARIO("sound/exception-within-an-entry") { two_steps<Unwound>(sim); }

// Counts of references go up and down with every copy.
struct SharedCopies : Writer {
  std::shared_ptr<std::uint64_t> value = std::make_shared<std::uint64_t>(4);

  static std::uint64_t read(std::shared_ptr<std::uint64_t> by_value) { return *by_value; }

  IOResult<Unit> step() {
    const std::shared_ptr<std::uint64_t> mine = value;
    const std::weak_ptr<std::uint64_t> weak = mine;
    const std::uint64_t sum = read(mine) + read(value) + (weak.expired() ? 0 : 1);
    RETURN_IF_IO(file.write(0, sum));
    total += sum;
    return Unit{};
  }
};
SCENARIO("sound/shared-pointer-copies") { two_steps<SharedCopies>(sim); }

// An undo list: each change is noted, and taken back in reverse when the call yields.
struct UndoList : Writer {
  std::uint64_t a = 1;
  std::uint64_t b = 2;

  struct Undo {
    std::vector<std::pair<std::uint64_t*, std::uint64_t>> noted = {};
    Undo() = default;
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
      for (; !noted.empty(); noted.pop_back()) *noted.back().first = noted.back().second;
    }
    void set(std::uint64_t& member, std::uint64_t value) {
      noted.emplace_back(&member, member);
      member = value;
    }
    void keep() { noted.clear(); }
  };

  IOResult<Unit> step() {
    Undo undo;
    undo.set(a, a + b);
    undo.set(b, a * b);
    undo.set(a, a + 1);
    RETURN_IF_IO(file.write(a, b));
    undo.keep();
    total += a + b;
    return Unit{};
  }
};
SCENARIO("sound/undo-list") { two_steps<UndoList>(sim); }

}  // namespace
}  // namespace reprise::watched::balanced
