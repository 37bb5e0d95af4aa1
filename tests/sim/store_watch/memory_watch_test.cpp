// The watch, told of loads and stores as instrumented code tells it.
#include <doctest/doctest.h>

#include <reprise/sim/store_watch/memory_watch.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;

namespace {

struct Listener final : MemoryListener {
  std::vector<std::string> told;

  void memory_freed(std::uintptr_t, std::size_t size) override {
    told.push_back("freed " + std::to_string(size));
  }
  void owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                         bool is_store) override {
    told.push_back((is_store ? "store at " : "load at ") +
                   std::to_string(access.address - memory.begin));
  }
  void owned_memory_freed(const OwnedMemory& memory) override {
    told.push_back("freed the buffer of " + std::to_string(memory.owner));
  }
  bool mutex_used(MutexEvent event, const MemoryAccess&) override {
    told.push_back("mutex " + std::to_string(static_cast<int>(event)));
    return true;
  }
};

std::uintptr_t address_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

// An entry of a machine whose state is `state`.
struct Bench {
  Listener listener;
  MemoryWatch watch{listener};
  std::array<std::uint64_t, 8> state{};

  Bench() { watch.begin_run({.with_loads = true}); }
  ~Bench() { watch.end_run(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void begin() { watch.begin_entry(frame(), nullptr, nullptr); }
  // A frame and a stack that hold nothing of this test's.
  static const void* frame() { return reinterpret_cast<const void*>(std::uintptr_t{0x2000}); }
  static constexpr std::uintptr_t stack = 0x1000;

  template <class T>
  void store(std::uintptr_t pc, T& at, T value) {
    watch.stored(pc, address_of(&at), sizeof at, stack);
    at = value;
  }
  template <class T>
  void load(std::uintptr_t pc, const T& at) {
    watch.loaded(pc, address_of(&at), sizeof at, stack);
  }
  std::vector<bool> lasting() {
    std::vector<bool> all;
    for (const MemoryAccess& store : watch.stores()) all.push_back(watch.lasts(store));
    return all;
  }
};

}  // namespace

TEST_CASE("memory watch: a store that changes memory is seen with old and new value") {
  Bench bench;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 7);
  const auto stores = bench.watch.stores();
  REQUIRE(stores.size() == 1);
  CHECK(stores[0].changed);
  CHECK(stores[0].before == 0);
  CHECK(stores[0].after == 7);
  CHECK(bench.lasting() == std::vector<bool>{true});
}

TEST_CASE("memory watch: a silent store changes nothing") {
  Bench bench;
  bench.state[0] = 7;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 7);
  CHECK_FALSE(bench.watch.stores()[0].changed);
}

TEST_CASE("memory watch: what is undone in the entry does not last") {
  Bench bench;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 1);
  bench.store<std::uint64_t>(2, bench.state[0], 0);
  CHECK(bench.watch.stores().size() == 2);
  CHECK(bench.lasting() == std::vector<bool>{false, false});
}

TEST_CASE("memory watch: bytes beside a store do not make it last") {
  Bench bench;
  std::array<std::uint32_t, 2> pair{};
  bench.begin();
  bench.store<std::uint32_t>(1, pair[0], 1);
  bench.store<std::uint32_t>(2, pair[0], 0);
  bench.store<std::uint32_t>(3, pair[1], 5);
  CHECK(bench.lasting() == std::vector<bool>{false, false, true});
}

TEST_CASE("memory watch: the stack below the entry and memory of the same entry are left out") {
  Bench bench;
  bench.begin();
  bench.watch.stored(1, 0x1800, 8, Bench::stack);
  bench.watch.allocated(&bench.state, sizeof bench.state);
  bench.store<std::uint64_t>(1, bench.state[0], 7);
  CHECK(bench.watch.stores().empty());
  bench.watch.end_entry();
  bench.begin();  // now it is persistent
  bench.store<std::uint64_t>(1, bench.state[0], 8);
  CHECK(bench.watch.stores().size() == 1);
}

TEST_CASE("memory watch: what is stored into freed memory does not last") {
  Bench bench;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 7);
  bench.watch.freed(&bench.state, sizeof bench.state);
  CHECK(bench.lasting() == std::vector<bool>{false});
}

TEST_CASE("memory watch: whoever remembers memory is told when it is freed") {
  Bench bench;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 7);
  bench.watch.freed(&bench.state, sizeof bench.state);
  CHECK(bench.listener.told.empty());
  bench.watch.remember(bench.watch.stores()[0]);
  bench.watch.freed(&bench.state, sizeof bench.state);
  CHECK(bench.listener.told == std::vector<std::string>{"freed 64"});
}

TEST_CASE("memory watch: the same instruction on another path of calls is other code") {
  Bench bench;
  bench.begin();
  bench.watch.called(100);
  bench.store<std::uint64_t>(1, bench.state[0], 1);
  bench.watch.returned();
  bench.watch.called(200);
  bench.store<std::uint64_t>(1, bench.state[0], 2);
  bench.watch.returned();
  bench.watch.called(100);
  bench.store<std::uint64_t>(1, bench.state[0], 3);
  bench.watch.returned();
  const auto stores = bench.watch.stores();
  REQUIRE(stores.size() == 2);
  CHECK(stores[0].code != stores[1].code);
  CHECK(stores[0].after == 3);
}

TEST_CASE("memory watch: stores belong to the level and the call that they are made in") {
  Bench bench;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 1);
  bench.watch.enter_level();
  bench.store<std::uint64_t>(2, bench.state[1], 1);
  bench.watch.leave_level();
  bench.watch.enter_level();
  const auto stores = bench.watch.stores();
  REQUIRE(stores.size() == 2);
  CHECK(bench.watch.is_current(stores[0]));
  CHECK_FALSE(bench.watch.is_current(stores[1]));  // another call of that level
  CHECK(stores[1].depth == 1);
}

TEST_CASE("memory watch: what the awaited call has put there instead is overwritten") {
  Bench bench;
  std::array<std::uint32_t, 2> pair{};
  bench.begin();
  bench.store<std::uint32_t>(1, pair[0], 1);
  bench.store<std::uint32_t>(2, pair[1], 1);
  bench.watch.enter_level();
  bench.store<std::uint32_t>(3, pair[0], 2);
  bench.watch.leave_level();
  const auto stores = bench.watch.stores();
  CHECK(bench.watch.is_overwritten(stores[0]));
  CHECK_FALSE(bench.watch.is_overwritten(stores[1]));
  CHECK_FALSE(bench.watch.is_overwritten(stores[2]));
}

TEST_CASE("memory watch: large stores are compared whole") {
  Bench bench;
  bench.begin();
  bench.watch.stored(1, address_of(&bench.state), sizeof bench.state, Bench::stack);
  bench.state[7] = 1;
  CHECK(bench.watch.stores()[0].changed);
  CHECK(bench.lasting() == std::vector<bool>{true});
  bench.state[7] = 0;
  CHECK(bench.lasting() == std::vector<bool>{false});
}

TEST_CASE("memory watch: paused or ignored stores are not seen") {
  Bench bench;
  bench.watch.ignore(&bench.state[1], sizeof bench.state[1]);
  bench.begin();
  bench.watch.pause();
  bench.store<std::uint64_t>(1, bench.state[0], 1);
  bench.watch.resume();
  bench.store<std::uint64_t>(2, bench.state[1], 1);
  bench.store<std::uint64_t>(3, bench.state[2], 1);
  CHECK(bench.watch.stores().size() == 1);
}

TEST_CASE("memory watch: owned memory is watched inside and outside of entries") {
  Bench bench;
  bench.watch.own({address_of(&bench.state[2]), 16, 5, true});
  bench.watch.own({address_of(&bench.state[4]), 8, 6, false});
  bench.store<std::uint64_t>(1, bench.state[3], 1);
  bench.load(1, bench.state[2]);  // of a write: anybody may look
  bench.begin();
  bench.load(1, bench.state[4]);
  bench.load(1, bench.state[5]);
  bench.watch.disown(5);
  bench.store<std::uint64_t>(1, bench.state[3], 2);
  CHECK(bench.listener.told == std::vector<std::string>{"store at 8", "load at 0"});
}

TEST_CASE("memory watch: owned memory that is freed is told of as long as it is owned") {
  Bench bench;
  bench.watch.own({address_of(&bench.state[2]), 16, 5, true});
  bench.watch.own({address_of(&bench.state[4]), 8, 6, false});
  bench.watch.freed(&bench.state[0], 16);
  bench.watch.freed(&bench.state[3], 8);
  bench.begin();
  bench.watch.freed(&bench.state[4], 8);
  bench.watch.disown_all();
  bench.watch.freed(&bench.state[4], 8);
  CHECK(bench.listener.told ==
        std::vector<std::string>{"freed the buffer of 5", "freed the buffer of 6"});
}

TEST_CASE("memory watch: bytes are read across words") {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t i = 0; i < 16; ++i) bytes[i] = i;
  CHECK(MemoryWatch::peek(address_of(&bytes[6]), 4) == 0x09080706U);
  CHECK(MemoryWatch::peek(address_of(&bytes[0]), 8) == 0x0706050403020100U);
  CHECK(MemoryWatch::peek(address_of(&bytes[15]), 1) == 15);
  CHECK(MemoryWatch::peek(address_of(&bytes[3]), 13) == 0x0a09080706050403U);
}

TEST_CASE("memory watch: the bytes of an entry's beginning are known") {
  Bench bench;
  bench.state[0] = 0x1234;
  bench.begin();
  bench.store<std::uint64_t>(1, bench.state[0], 0x5678);
  CHECK(bench.watch.byte_before_entry(address_of(&bench.state[0])) == 0x34);
  CHECK(bench.watch.byte_before_entry(address_of(&bench.state[0]) + 1) == 0x12);
}
