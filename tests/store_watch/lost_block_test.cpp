// Memory that machines allocate and nobody frees: found where each repetition of the run leaves
// more of it, and nowhere else.
#include <doctest/doctest.h>

#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;

namespace {

/// A machine that waits once and does something before and after that.
struct Machine {
  File& file;
  void (*first)();
  void (*then)();
  Completion pending = {};

  IOResult<Unit> run() {
    if (!pending) {
      first();
      pending = file.sync();
    }
    if (!pending.finished()) return IOCompletions(pending);
    static_cast<void>(pending.succeeded());
    then();
    return Unit{};
  }
};

void nothing() {}

/// What is found in a machine that does these.
std::string found(void (*first)(), void (*then)() = nothing) {
  static void (*before)() = nullptr;
  static void (*after)() = nullptr;
  before = first;
  after = then;
  const auto body = [](Sim& sim) {
    Machine machine{sim.open("f"), before, after};
    sim.task("client", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  };
  Runner runner;
  const auto strategy = make_calm_strategy(Base::lazy);
  const RunResult result = runner.run_checked({"blocks", body, "", false}, *strategy, {});
  return result.finding ? result.finding->check + ": " + result.finding->message : "";
}

// So that no compiler knows what is done to it.
void* volatile block = nullptr;

void allocate() { block = std::malloc(80); }
void lose() {
  allocate();
  block = nullptr;
}

std::map<int, std::string>& cache() {
  static std::map<int, std::string> cache;
  return cache;
}

}  // namespace

TEST_CASE("lost block: memory that nobody points to is a leak") {
  const std::string lost = found(lose);
  CHECK(lost.find("leak: memory that was allocated in ") == 0);
  CHECK(lost.find(" is never freed, and no pointer to it is left") != std::string::npos);
  CHECK(found(nothing, lose) == lost);
  CHECK(found([] { static_cast<void>(new std::vector<std::uint64_t>(10)); }).find("leak: ") == 0);
}

TEST_CASE("lost block: memory that each re-entry loses is said to be so") {
  const auto body = [](Sim& sim) {
    File& file = sim.open("f");
    sim.task("client", [&] {
      int syncs = 0;
      Completion pending;
      static_cast<void>(sim.await([&]() -> IOResult<Unit> {
        lose();
        if (pending && !pending.succeeded()) return pending.get_error();
        if (++syncs == 3) return Unit{};
        pending = file.sync();
        return IOCompletions(pending);
      }));
    });
    sim.run();
  };
  Runner runner;
  const auto strategy = make_calm_strategy(Base::lazy);
  const RunResult result = runner.run_checked({"again", body, "", false}, *strategy, {});
  REQUIRE(result.finding);
  CHECK(result.finding->check == "leak");
  CHECK(result.finding->message.find("each re-entry loses memory") == 0);
  // The last block may still be pointed to by what is left of its frame on the stack.
  CHECK(result.finding->evidence.back().find(
            " entries of one operation have left a block of that line each") == 1);
}

TEST_CASE("lost block: what is freed later in the run is no leak") {
  CHECK(found(allocate, [] { std::free(block); }).empty());
}

TEST_CASE("lost block: what a static variable points to is no leak") {
  CHECK(found(allocate).empty());
  CHECK(found([] { cache()[static_cast<int>(cache().size())] = std::string(100, 'x'); }).empty());
}

TEST_CASE("lost block: what only the first use allocates is no leak") {
  CHECK(found([] {
          static bool is_used = false;
          if (!is_used) lose();
          is_used = true;
        }).empty());
}

TEST_CASE("lost block: what the next run frees is no leak") {
  static std::uintptr_t hidden = UINTPTR_MAX;  // no pointer, for those who look
  CHECK(found([] {
          std::free(reinterpret_cast<void*>(~hidden));
          hidden = ~reinterpret_cast<std::uintptr_t>(std::malloc(80));
        }).empty());
  std::free(reinterpret_cast<void*>(~hidden));
}

TEST_CASE("lost block: the scenario's own memory is not looked at") {
  const auto body = [](Sim& sim) {
    Machine machine{sim.open("f"), nothing, nothing};
    lose();
    sim.task("client", [&] {
      lose();
      static_cast<void>(sim.await([&] { return machine.run(); }));
    });
    sim.run();
  };
  Runner runner;
  const auto strategy = make_calm_strategy(Base::lazy);
  CHECK_FALSE(runner.run_checked({"own", body, "", false}, *strategy, {}).finding.has_value());
}

TEST_CASE("lost block: a task that still waits at the end may have more to do") {
  const auto body = [](Sim& sim) {
    static std::unique_ptr<Listener> door;
    door = std::move(sim.io().listen(":7000")).value();
    Machine machine{sim.open("f"), lose, nothing};
    sim.task("server", [&] {
      static_cast<void>(sim.await([&] { return machine.run(); }));
      static_cast<void>(sim.wait(door->accept()));  // for nobody
    });
    sim.run();
    door.reset();
  };
  Runner runner;
  const auto strategy = make_calm_strategy(Base::lazy);
  CHECK_FALSE(runner.run_checked({"waits", body, "", false}, *strategy, {}).finding.has_value());
}
