// The harness in a program that is compiled with the store watch itself, and whose malloc is the
// watch's: it must never watch itself, nor be called from within itself.
#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;

namespace {

/// Allocates, stores and frees, through templates that it shares with the code under test, whenever
/// it is called.
struct BusyListener final : MemoryListener {
  int depth = 0;
  bool is_nested = false;
  std::vector<std::string> told;
  std::vector<std::vector<std::uint64_t>> rows;
  std::map<int, std::string> names;

  void be_busy(const std::string& what) {
    is_nested = is_nested || depth++ != 0;
    told.push_back(what);
    for (std::uint64_t i = 0; i < 50; ++i) {
      rows.emplace_back(i + 1, i);
      names[static_cast<int>(i)] = std::string(40, 'n');
    }
    rows.erase(rows.begin(), rows.begin() + 20);
    names.clear();
    rows.clear();
    rows.shrink_to_fit();
    --depth;
  }

  void memory_freed(std::uintptr_t, std::size_t) override { be_busy("freed"); }
  void owned_memory_used(const OwnedMemory&, const MemoryAccess&, bool) override {
    be_busy("owned used");
  }
  void owned_memory_freed(const OwnedMemory&) override { be_busy("owned freed"); }
  bool mutex_used(MutexEvent, const MemoryAccess&) override { return true; }  // doctest's own too
  void freed_memory_used(const FreedMemory&, const MemoryAccess&, bool) override {
    be_busy("freed used");
  }
  void memory_freed_again(const FreedMemory&, const CodeAddress&) override {
    be_busy("freed again");
  }
};

// So that no compiler knows what is done to it.
std::uint64_t* volatile block = nullptr;

[[gnu::noinline]] void allocate() { block = static_cast<std::uint64_t*>(std::calloc(20, 8)); }
[[gnu::noinline]] void store() { block[3] = 7; }
[[gnu::noinline]] void release() { std::free(block); }

[[gnu::noinline]] void as_an_entry(MemoryWatch& watch, void (*code)()) {
  const internal::EntryFrame frame(__builtin_frame_address(0), nullptr, nullptr);
  code();
  static_cast<void>(watch);
}

bool is_other(const std::uint64_t* first) { return block != first; }

OwnedMemory owned_block() { return {reinterpret_cast<std::uintptr_t>(block), 160, 1, false}; }

}  // namespace

TEST_CASE("watched: a listener may allocate and free within every hook and is not watched") {
  BusyListener listener;
  MemoryWatch watch(listener);
  watch.begin_run({.with_loads = true, .keeps_freed = true});
  allocate();
  watch.own(owned_block());
  as_an_entry(watch, store);
  CHECK(watch.stores().size() == 1);  // nothing of the listener's
  {
    const MemoryWatch::Quiet quiet;
    watch.remember(watch.stores()[0]);
  }
  release();
  watch.disown_all();
  as_an_entry(watch, store);  // as it must not
  release();
  watch.end_run();
  CHECK(listener.told == std::vector<std::string>{"owned used", "owned freed", "freed",
                                                  "freed used", "freed again"});
  CHECK_FALSE(listener.is_nested);
}

TEST_CASE("watched: what is freed is filled and kept until the run ends") {
  BusyListener listener;
  MemoryWatch watch(listener);
  watch.begin_run({.keeps_freed = true});
  allocate();
  std::uint64_t* const first = block;
  release();
  for (int i = 0; i < 100; ++i) {
    allocate();
    CHECK(is_other(first));
    release();
  }
  CHECK(MemoryWatch::peek(reinterpret_cast<std::uintptr_t>(first), 8) == 0xDBDBDBDBDBDBDBDBU);
  CHECK(listener.told.empty());
  watch.end_run();
}

namespace {

// As a library that was compiled without the watch.
#define UNWATCHED __attribute__((noinline, no_sanitize("thread")))

UNWATCHED void allocate_unwatched() { block = static_cast<std::uint64_t*>(std::calloc(20, 8)); }
UNWATCHED void store_unwatched() { block[3] = 7; }
UNWATCHED void release_unwatched() { std::free(block); }

UNWATCHED void enter_unwatched(MemoryWatch& watch) {
  const internal::EntryFrame frame(__builtin_frame_address(0), nullptr, nullptr);
  for (int i = 0; i < 3000; ++i) {
    allocate_unwatched();
    if (i % 2 == 0) release_unwatched();
  }
  store();
  static_cast<void>(watch);
}

// Gives a word of a block that it freed: it is not filled if it was not kept.
UNWATCHED std::uint64_t word_freed_by_unwatched_run(MemoryWatch& watch) {
  watch.begin_run({.keeps_freed = true});
  allocate_unwatched();
  store_unwatched();
  release_unwatched();
  watch.end_run();
  return MemoryWatch::peek(reinterpret_cast<std::uintptr_t>(&block[3]), 8);
}

UNWATCHED void enter_later(MemoryWatch& watch) {
  watch.begin_run({});
  allocate_unwatched();
  enter_unwatched(watch);
}

UNWATCHED void enter_for_lasting_block(MemoryWatch& watch) {
  watch.begin_run({});
  allocate_unwatched();
  const internal::EntryFrame frame(__builtin_frame_address(0), nullptr, nullptr);
  store();
}

}  // namespace

TEST_CASE("watched: where no watched code runs nothing is kept") {
  BusyListener listener;
  MemoryWatch watch(listener);
  CHECK(word_freed_by_unwatched_run(watch) == 7);
  CHECK(listener.told.empty());
}

TEST_CASE("watched: what an entry allocated before its first watched code is its own") {
  BusyListener listener;
  MemoryWatch watch(listener);
  enter_later(watch);
  CHECK(watch.stores().empty());
  CHECK(watch.live().size_at(reinterpret_cast<std::uintptr_t>(block)) == 160);
  watch.end_run();
  enter_for_lasting_block(watch);
  CHECK(watch.stores().size() == 1);
  watch.end_run();
}

TEST_CASE("watched: the quarantine is bounded") {
  BusyListener listener;
  MemoryWatch watch(listener);
  watch.begin_run({.keeps_freed = true});
  constexpr std::size_t bytes = std::size_t{100} << 10;
  for (int i = 0; i < 10'000; ++i) {  // a gigabyte
    volatile char* const large = static_cast<volatile char*>(std::malloc(bytes));
    const bool is_there = large != nullptr;
    REQUIRE(is_there);
    large[0] = 1;
    std::free(const_cast<char*>(large));
  }
  watch.end_run();
  // Of a large block the listener is told without a look whether anything in it is remembered.
  for (const std::string& told : listener.told) CHECK(told == "freed");
}

namespace {

/// Stores blocks before two awaits in turn, so that what is remembered is cleared again and again,
/// while the machine frees.
struct Churner {
  File& file;
  std::vector<std::unique_ptr<std::array<std::uint64_t, 8>>> blocks = {};
  Completion pending = {};
  int round = 0;

  IOResult<Unit> one() { return wait(); }
  IOResult<Unit> other() { return wait(); }
  IOResult<Unit> wait() {
    if (!pending.finished()) return IOCompletions(pending);
    return Unit{};
  }
  IOResult<Unit> churn() {
    while (round < 6) {
      if (!pending) {
        while (blocks.size() < 200)
          blocks.push_back(std::make_unique<std::array<std::uint64_t, 8>>());
        for (const auto& each : blocks) each->fill(static_cast<std::uint64_t>(round) + 1);
        blocks.erase(blocks.begin(), blocks.begin() + 50);
        pending = file.sync();
      }
      if (round % 2 == 0) {
        RETURN_IF_IO(one());
      } else {
        RETURN_IF_IO(other());
      }
      static_cast<void>(pending.succeeded());
      pending = {};
      ++round;
    }
    return Unit{};
  }
};

void churn(Sim& sim) {
  Churner churner{sim.open("f")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return churner.churn(); })); });
  sim.run();
}

}  // namespace

TEST_CASE("watched: what is remembered may be freed while it is forgotten") {
  Runner runner;
  const auto strategy = make_calm_strategy(Base::lazy);
  for (int i = 0; i < 20; ++i) {
    const RunResult result =
        runner.run_checked({"churn", churn, "", false}, *strategy, {}, i % 4 == 0);
    CHECK_FALSE(result.finding.has_value());
  }
}
