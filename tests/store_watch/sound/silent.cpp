// Stores that change nothing the second time: the value is there already. Many machines are written
// so on purpose, since a step that can be done twice needs no state.
#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::silent {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t total = 0;
  std::uint64_t shown() const { return total; }
};

struct FlagSet : Writer {
  bool dirty = false;

  IOResult<Unit> step() {
    dirty = true;
    RETURN_IF_IO(file.write(0, 1));
    dirty = false;
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/flag-set-again") { two_steps<FlagSet>(sim); }

struct HighWater : Writer {
  std::uint64_t highest = 0;

  IOResult<Unit> step() {
    highest = std::max(highest, total + 10);
    RETURN_IF_IO(file.write(highest, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/maximum") { two_steps<HighWater>(sim); }

struct Memo : Writer {
  std::map<std::uint64_t, std::uint64_t> squares = {};

  IOResult<Unit> step() {
    squares[total] = total * total;
    squares.insert_or_assign(total + 1, (total + 1) * (total + 1));
    squares.try_emplace(7, 49);
    RETURN_IF_IO(file.write(0, squares[total]));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/memo-same-value") { two_steps<Memo>(sim); }

enum class State : std::uint8_t { idle, busy };

struct StateAgain : Writer {
  State state = State::idle;

  IOResult<Unit> step() {
    state = State::busy;
    RETURN_IF_IO(file.write(0, 1));
    state = State::idle;
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/state-set-again") { two_steps<StateAgain>(sim); }

struct Config {
  std::uint64_t page_size = 512;
  std::uint32_t pages = 8;
  bool checked = true;
  char name[24] = "main";
};

struct ConfigCopied : Writer {
  Config defaults = {};
  Config config = {};

  IOResult<Unit> step() {
    config = defaults;
    std::memmove(&config, &config, sizeof config);
    std::strncpy(config.name, "main", sizeof config.name);
    RETURN_IF_IO(file.write(config.pages, 1));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/config-copied-over-itself") { two_steps<ConfigCopied>(sim); }

struct AtomicLoads : Writer {
  std::atomic<std::uint64_t> limit{100};
  std::atomic<bool> enabled{false};

  IOResult<Unit> step() {
    if (limit.load(std::memory_order_acquire) < 50) return IOError::invalid;
    enabled.store(true);
    std::uint64_t expected = 7;
    limit.compare_exchange_strong(expected, 8);  // never equal: stores nothing
    enabled.exchange(true);
    limit.fetch_or(4);
    RETURN_IF_IO(file.write(0, limit.load()));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/atomic-same-value") { two_steps<AtomicLoads>(sim); }

struct Bits {
  unsigned valid : 1;
  unsigned kind : 3;
  unsigned age : 12;
};

// The bits share a word with one that another place changes.
struct Bitfield : Writer {
  Bits bits{0, 0, 0};

  IOResult<Unit> step() {
    bits.valid = 1;
    bits.kind = 5;
    RETURN_IF_IO(file.write(0, bits.kind));
    bits.age = (bits.age + 1) & 0xfff;
    bits.kind = 0;
    total += bits.age;
    return Unit{};
  }
};
SCENARIO("sound/bitfield-neighbours") { two_steps<Bitfield>(sim); }

struct Label : Writer {
  std::string name = {};
  std::string path = {};

  IOResult<Unit> step() {
    name = "wal";  // lives within the string
    path = "a/path/that/is/too/long/to/live/within/the/string";
    RETURN_IF_IO(file.write(name.size(), path.size()));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/string-assigned-the-same") { two_steps<Label>(sim); }

struct Window {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct OptionalAgain : Writer {
  std::optional<Window> window = {};

  IOResult<Unit> step() {
    window.reset();
    window.emplace(Window{total, total + 4});
    RETURN_IF_IO(file.write(window->begin, window->end));
    window.reset();
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/optional-emplaced-alike") { two_steps<OptionalAgain>(sim); }

struct PlacementNew : Writer {
  alignas(Window) std::array<std::byte, sizeof(Window)> room = {};

  IOResult<Unit> step() {
    Window* const window = new (room.data()) Window{total, total + 4};
    RETURN_IF_IO(file.write(window->begin, window->end));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/placement-new-alike") { two_steps<PlacementNew>(sim); }

union Word {
  std::uint64_t whole;
  std::uint8_t bytes[8];
};

struct UnionUse : Writer {
  Word word{0};

  IOResult<Unit> step() {
    word.whole = 0x0102030405060708u + total;
    RETURN_IF_IO(file.write(0, word.whole));
    word.whole = 0;
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/union-written-alike") { two_steps<UnionUse>(sim); }

// Filled on the first use in the process, and never again.
const std::array<std::uint64_t, 16>& table_of_squares() {
  static const std::array<std::uint64_t, 16> table = [] {
    std::array<std::uint64_t, 16> squares = {};
    for (std::size_t i = 0; i < squares.size(); ++i) squares[i] = i * i;
    return squares;
  }();
  return table;
}

struct StaticTable : Writer {
  IOResult<Unit> step() {
    const std::uint64_t square = table_of_squares()[5];
    RETURN_IF_IO(file.write(0, square));
    total += square;
    return Unit{};
  }
};
SCENARIO("sound/static-on-first-use") { two_steps<StaticTable>(sim); }

struct LazyTable : Writer {
  std::unique_ptr<std::vector<std::uint64_t>> table = {};

  IOResult<Unit> step() {
    if (!table) table = std::make_unique<std::vector<std::uint64_t>>(16, 3);
    RETURN_IF_IO(file.write(0, table->at(5)));
    total += table->size();
    return Unit{};
  }
};
SCENARIO("sound/lazy-table") { two_steps<LazyTable>(sim); }

// A pure function's results, kept: the first entry fills, later ones find.
struct Cache : Writer {
  mutable std::map<std::string, std::uint64_t> lengths = {};

  std::uint64_t length(const std::string& text) const {
    const auto known = lengths.find(text);
    if (known != lengths.end()) return known->second;
    lengths.emplace(text, text.size());
    return text.size();
  }

  IOResult<Unit> step() {
    const std::uint64_t size = length("a key") + length("another key");
    RETURN_IF_IO(file.write(0, size));
    total += size;
    return Unit{};
  }
};
SCENARIO("sound/cache-filled-once") { two_steps<Cache>(sim); }

// Scratch that outlives the entry because it is static, and that each entry begins anew.
struct StaticScratch : Writer {
  IOResult<Unit> step() {
    static std::uint64_t digits[8];
    thread_local std::uint64_t used;
    used = 0;
    for (std::uint64_t rest = 12345; rest != 0; rest /= 10) digits[used++] = rest % 10;
    RETURN_IF_IO(file.write(used, digits[0]));
    total += used;
    return Unit{};
  }
};
SCENARIO("sound/static-scratch-begun-anew") { two_steps<StaticScratch>(sim); }

// Scratch that two levels share. Each writes it before it reads it; what the outer one left there
// is gone when the inner one yields, so that it stores the same thing again, and rightly.
struct SharedScratch : Writer {
  std::uint64_t key = 0;

  IOResult<Unit> write_at(std::uint64_t place) {
    key = place + 100;
    RETURN_IF_IO(file.write(key, 1));
    return Unit{};
  }

  IOResult<Unit> step() {
    key = total % 3;
    const std::uint64_t place = key;
    RETURN_IF_IO(write_at(place));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/scratch-shared-by-levels") { two_steps<SharedScratch>(sim); }

struct SameElement : Writer {
  std::array<std::uint64_t, 8> slot = {};
  std::vector<std::uint64_t> sizes = std::vector<std::uint64_t>(4);

  IOResult<Unit> step() {
    slot[total % slot.size()] = 77;  // `total` stands until the write is done
    sizes[1] = 5;
    std::fill(sizes.begin() + 2, sizes.end(), 6);
    sizes.resize(4);
    RETURN_IF_IO(file.write(0, slot[0]));
    total += 1;
    return Unit{};
  }
};
SCENARIO("sound/element-set-again") { two_steps<SameElement>(sim); }

}  // namespace
}  // namespace reprise::watched::silent
