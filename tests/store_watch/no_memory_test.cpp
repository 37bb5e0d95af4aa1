// Allocations that fail: those of code under test, each of them, and never one of the harness,
// which shares malloc and templates with it.
#include <doctest/doctest.h>

#include <reprise/reprise.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <vector>

using namespace reprise;

namespace {

/// Has no memory, and allocates and frees itself whenever it is asked.
struct NoMemory final : MemoryListener {
  std::uint32_t asked = 0;
  bool answer = true;
  std::map<int, std::vector<std::uint64_t>> rows;

  void memory_freed(std::uintptr_t, std::size_t) override { be_busy(); }
  void owned_memory_used(const OwnedMemory&, const MemoryAccess&, bool) override { be_busy(); }
  void owned_memory_freed(const OwnedMemory&) override { be_busy(); }
  bool mutex_used(MutexEvent, const MemoryAccess&) override { return true; }
  bool may_lack_memory() override {
    be_busy();
    return true;
  }
  bool lacks_memory() override {
    ++asked;
    be_busy();
    return answer;
  }

 private:
  void be_busy() {
    for (int i = 0; i < 50; ++i) {
      rows[i].push_back(std::uint64_t{7});
      rows[i + 1] = std::vector<std::uint64_t>(100);
    }
    std::free(std::malloc(100));
    rows.clear();
  }
};

// So that no compiler knows what is done to it.
void* volatile block = nullptr;
bool volatile has_thrown = false;
int volatile error = 0;

[[gnu::noinline]] void as_an_entry(void (*code)()) {
  const internal::EntryFrame frame(__builtin_frame_address(0), nullptr, nullptr);
  code();
}

std::uint32_t asked_in(void (*code)(), bool answer = true) {
  NoMemory listener;
  listener.answer = answer;
  MemoryWatch watch(listener);
  block = nullptr;
  has_thrown = false;
  error = 0;
  watch.begin_run({.keeps_freed = true});
  as_an_entry(code);
  watch.end_run();
  return listener.asked;
}

/// Keeps what `allocate` gives, and the error.
template <class Allocate>
void keep(Allocate allocate) {
  errno = 0;
  block = allocate();
  error = errno;
}

template <class Allocate>
void keep_or_catch(Allocate allocate) {
  try {
    block = allocate();
  } catch (const std::bad_alloc&) {
    has_thrown = true;
  }
}

// As a library that was compiled without the watch.
#define UNWATCHED __attribute__((noinline, no_sanitize("thread")))

UNWATCHED void allocate_unwatched() { block = std::malloc(80); }
[[gnu::noinline]] void allocate() { block = std::malloc(80); }
UNWATCHED void call_back(void (*code)()) { code(); }

}  // namespace

TEST_CASE("no memory: each function of the C library that allocates gives null and ENOMEM") {
  CHECK(asked_in([] { keep([] { return std::malloc(80); }); }) == 1);
  CHECK(block == nullptr);
  CHECK(error == ENOMEM);
  CHECK(asked_in([] { keep([] { return std::calloc(8, 10); }); }) == 1);
  CHECK(block == nullptr);
  CHECK(asked_in([] { keep([] { return std::realloc(nullptr, 80); }); }) == 1);
  CHECK(block == nullptr);
  CHECK(asked_in([] { keep([] { return std::aligned_alloc(64, 128); }); }) == 1);
  CHECK(block == nullptr);
  CHECK(asked_in([] { keep([]() -> void* { return strdup("a name that is kept"); }); }) == 1);
  CHECK(error == ENOMEM);
  CHECK(asked_in([] {
          void* memory = nullptr;
          error = posix_memalign(&memory, 64, 128);
        }) == 1);
  CHECK(error == ENOMEM);
}

TEST_CASE("no memory: where there is some the allocation is made") {
  CHECK(asked_in(allocate, false) == 1);
  CHECK(block != nullptr);
  std::free(block);
}

TEST_CASE("no memory: a block that cannot grow stays as it is") {
  static void* volatile first = nullptr;
  first = std::malloc(16);
  std::memcpy(first, "as it was before", 16);
  CHECK(asked_in([] { keep([] { return std::realloc(first, 4000); }); }) == 1);
  CHECK(block == nullptr);
  CHECK(error == ENOMEM);
  CHECK(std::memcmp(first, "as it was before", 16) == 0);
  std::free(first);
}

TEST_CASE("no memory: operator new throws and its form that must not gives null") {
  CHECK(asked_in([] { keep_or_catch([]() -> void* { return ::operator new(80); }); }) == 1);
  CHECK(has_thrown);
  CHECK(asked_in([] {
          keep_or_catch([]() -> void* { return ::operator new(80, std::align_val_t(64)); });
        }) == 1);
  CHECK(has_thrown);
  CHECK(asked_in([] { keep([]() -> void* { return new (std::nothrow) char[80]; }); }) == 1);
  CHECK(block == nullptr);
}

TEST_CASE("no memory: containers of code under test throw") {
  CHECK(asked_in([] {
          try {
            std::vector<std::uint64_t> numbers;
            for (int i = 0; i < 5; ++i) numbers.push_back(1);
          } catch (const std::bad_alloc&) {
            has_thrown = true;
          }
        }) == 1);
  CHECK(has_thrown);
  CHECK(asked_in(
            [] {
              std::vector<std::uint64_t> numbers;
              for (std::uint64_t i = 0; i < 4; ++i) numbers.push_back(i);  // room for 1, 2, 4
              std::map<int, int> map;
              map[1] = 2;
            },
            false) == 4);
}

TEST_CASE("no memory: other code that an entry calls has memory") {
  CHECK(asked_in(allocate_unwatched) == 0);
  CHECK(asked_in([] { allocate_unwatched(); }) == 0);
  CHECK(block != nullptr);
  CHECK(asked_in([] { call_back(allocate_unwatched); }) == 0);
  // What it calls back might be its own, in a template that was compiled with the watch.
  CHECK(asked_in([] { call_back(allocate); }) == 0);
  CHECK(block != nullptr);
  CHECK(asked_in([] { allocate(); }) == 1);
}

TEST_CASE("no memory: outside of an entry there is memory") {
  NoMemory listener;
  MemoryWatch watch(listener);
  watch.begin_run({});
  allocate();
  watch.end_run();
  CHECK(block != nullptr);
  CHECK(listener.asked == 0);
  std::free(block);
}

namespace {

/// Allocates twice in each entry, and has the harness allocate in between.
struct Machine {
  Sim& sim;
  File& file;
  std::uint32_t failed = 0;
  std::vector<Completion> written = {};
  std::set<int> steps = {};

  IOResult<Unit> write() {
    if (steps.insert(1).second) {
      take_memory();
      CompletionGroup group;
      for (std::uint64_t i = 0; i < 20; ++i) {
        group.add(file.pwrite(i * 8, Buffer::allocate(8)));
      }
      written.push_back(group.build());
      sim.reached("a goal with a name that no short string has room for");
    }
    if (!written.back().finished()) return IOCompletions(written.back());
    take_memory();
    return Unit{};
  }
  void take_memory() {
    void* const memory = std::malloc(80);
    if (memory == nullptr) ++failed;
    std::free(memory);
  }
};

void write_all(Sim& sim) {
  sim.survives({.no_memory = true});
  Machine machine{sim, sim.open("f")};
  sim.task("client", [&] {
    try {
      static_cast<void>(sim.await([&] { return machine.write(); }));
    } catch (const std::bad_alloc&) {
      ++machine.failed;
    }
  });
  sim.run();
  block = reinterpret_cast<void*>(std::uintptr_t{machine.failed});
}

RunResult run_with(Runner& runner, const std::string& decision, std::uint32_t& failed) {
  Plan plan;
  plan.base = Base::lazy;
  if (!decision.empty()) plan.decisions.push_back({decision, 1});
  const auto strategy = make_plan_strategy(plan);
  RunResult result = runner.run_checked({"no memory", write_all, "", false}, *strategy, {}, true);
  failed = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(block));
  return result;
}

}  // namespace

TEST_CASE("no memory: in a run each allocation of the machine fails once and no other") {
  Runner runner;
  std::uint32_t failed = 0;
  CHECK_FALSE(run_with(runner, "", failed).finding.has_value());
  CHECK(failed == 0);
  // The set's node, a block, the vector's, and a block in the second entry.
  for (int i = 1; i <= 4; ++i) {
    CAPTURE(i);
    const std::string decision = "client/allocation#" + std::to_string(i) + "/no-memory";
    const RunResult result = run_with(runner, decision, failed);
    CHECK_FALSE(result.finding.has_value());
    CHECK(result.stats.faults == 1);
    CHECK(failed == 1);
  }
  const RunResult result = run_with(runner, "client/allocation#5/no-memory", failed);
  CHECK(result.stats.faults == 0);
  CHECK(failed == 0);
}

namespace {

bool volatile names_library = false;

/// Has the C library allocate.
void print_number(Sim& sim) {
  sim.survives({.no_memory = true});
  if (names_library) sim.no_memory_in("libc.");
  sim.task("client", [&] {
    const Outcome<int> printed = sim.await([&]() -> IOResult<int> {
      char* text = nullptr;
      const int size = asprintf(&text, "%d", 1234);
      if (size < 0) return IOError::no_memory;
      std::free(text);
      return size;
    });
    error = printed.ok() ? 0 : static_cast<int>(printed.error());
  });
  sim.run();
}

}  // namespace

TEST_CASE("no memory: what a library allocates fails if the scenario names the library") {
  Runner runner;
  Plan plan;
  plan.decisions.push_back({"client/allocation#1/no-memory", 1});
  const auto strategy = make_plan_strategy(plan);
  const Scenario scenario{"a library", print_number, "", false};
  for (const bool is_named : {true, false, true}) {
    names_library = is_named;
    const RunResult result = runner.run_checked(scenario, *strategy, {});
    CHECK_FALSE(result.finding.has_value());
    CHECK(result.stats.faults == (is_named ? 1 : 0));
    CHECK(error == (is_named ? ENOMEM : 0));
  }
}
