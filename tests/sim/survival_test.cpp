// Traces survive edits: a small failing plan of an older version of a scenario still makes newer
// versions fail in the same way.
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// One number in a file. Its update holds a lock over read and write; the planted bug: after a
/// failed write it lets the lock go while it backs off, and then writes what it had computed
/// before.
struct Ledger {
  Ledger(Sim& its_sim, File& its_file) : sim(its_sim), file(its_file) {}

  bool lock() {
    if (unlocked) return false;
    unlocked = pool.make();
    return true;
  }
  void unlock() { std::exchange(unlocked, {}).finish(0); }

  Sim& sim;
  File& file;
  CompletionPool pool;
  Completion unlocked;  // while it is locked
};

struct Update {
  Update(Ledger& its_ledger, File& its_scratch, unsigned its_edits)
      : ledger(its_ledger), scratch(its_scratch), edits(its_edits) {}

  enum class State { lock, read, write, back_off };

  Ledger& ledger;
  File& scratch;
  unsigned edits;
  Buffer buffer = Buffer::allocate(sizeof(std::uint64_t));
  Buffer other = Buffer::allocate(32);
  Completion pending;
  Completion aside;
  State state = State::lock;

  bool edited(unsigned edit) const { return (edits & (1u << edit)) != 0; }

  IOResult<Unit> nothing() { return Unit{}; }
  IOResult<Unit> unrelated() {
    if (!aside) aside = scratch.pwrite(0, other);
    if (!aside.finished()) IO_YIELD_ONE(aside);
    aside = {};
    return Unit{};
  }
  IOResult<bool> transfer(bool write) {
    if (!pending) pending = write ? ledger.file.pwrite(0, buffer) : ledger.file.pread(0, buffer);
    if (!pending.finished()) IO_YIELD_ONE(pending);
    return std::exchange(pending, {}).succeeded();
  }
  IOResult<Unit> rest() {
    if (!pending) pending = ledger.sim.io().timer(Duration(20));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }

  IOResult<Unit> run() {
    for (;;) {
      switch (state) {
        case State::lock:
          if (!ledger.lock()) IO_YIELD_ONE(ledger.unlocked);
          state = State::read;
          break;
        case State::read: {
          if (edited(0)) RETURN_IF_IO(nothing());
          if (!RETURN_IF_IO(transfer(false))) break;
          std::uint64_t number = 0;
          std::memcpy(&number, buffer.data(), sizeof number);
          if (number == 0xDBDBDBDBDBDBDBDB) number = 0;  // the file is empty yet
          ++number;
          std::memcpy(buffer.data(), &number, sizeof number);
          state = State::write;
          break;
        }
        case State::write:
          if (edited(1)) RETURN_IF_IO(unrelated());
          if (!RETURN_IF_IO(transfer(true))) {
            ledger.unlock();
            state = State::back_off;
            break;
          }
          ledger.unlock();
          state = State::lock;
          if (edited(2)) RETURN_IF_IO(nothing());
          return Unit{};
        case State::back_off:
          RETURN_IF_IO(rest());
          if (!ledger.lock()) IO_YIELD_ONE(ledger.unlocked);
          state = State::write;
          break;
      }
    }
  }
};

constexpr unsigned edit_count = 9;

/// `edits`: which of nine additions this version of the scenario has.
void ledger_scenario(Sim& sim, unsigned edits) {
  const auto edited = [edits](unsigned edit) { return (edits & (1u << edit)) != 0; };
  Faults faults;
  faults.errors = true;
  sim.survives(faults);
  Ledger ledger(sim, sim.open("ledger"));
  File& scratch = sim.open("scratch");
  const Buffer some = Buffer::allocate(64);
  std::uint64_t updates = 0;
  if (edited(3)) {
    sim.task("statistics", [&] {
      for (int i = 0; i < 4; ++i) {
        static_cast<void>(sim.wait(scratch.pread(0, Buffer::allocate(16))));
        sim.sleep(Duration(7));
      }
    });
  }
  for (std::uint32_t i = 1; i <= 3; ++i) {
    sim.task("client", i, [&, i] {
      Update update(ledger, scratch, edits);
      if (edited(4)) static_cast<void>(sim.wait(scratch.pwrite(i * 64, some)));
      for (int n = 0; n < 3; ++n) {
        if (edited(5)) static_cast<void>(sim.choose("colour", 3));
        sim.expect(sim.await([&] { return update.run(); }).ok(), "the update ends well");
        ++updates;
        if (edited(6)) scratch.sync([&](const Completion&) { scratch.pwrite(0, some); });
      }
    });
  }
  if (edited(7)) sim.task("idler", [&] { sim.yield(); });
  if (edited(8)) {
    sim.drive("flusher", [&scratch, n = 0, flush = Completion()]() mutable -> IOResult<Unit> {
      for (; n < 3; ++n) {
        if (!flush) flush = scratch.sync();
        if (!flush.finished()) IO_YIELD_ONE(flush);
        flush = {};
      }
      return Unit{};
    });
  }
  sim.results_depend_on_timing();
  Buffer last = Buffer::allocate(sizeof(std::uint64_t));
  sim.task("auditor", [&] {
    while (updates < 9) sim.sleep(Duration(50));
    for (int attempt = 0; attempt < 20; ++attempt) {
      if (sim.wait(ledger.file.pread(0, last)) == IOError::none) break;
    }
    std::uint64_t number = 0;
    std::memcpy(&number, last.data(), sizeof number);
    sim.expect(number == 9, "no update is lost");
  });
  sim.run();
}

constexpr const char* lost = "invariant ledger: no update is lost";

RunOptions bounded() {
  RunOptions options;
  options.checks.off = {"double-mutation"};  // the planted bug is another one
  options.events_max = 2'000;
  return options;
}

std::string signature_of(Toy& toy, const Plan& plan) {
  const RunOptions options = bounded();
  const RunResult result = toy.run(plan, options);
  return result.finding ? result.finding->signature : "";
}

/// Leaves out of `plan` whatever it fails without: halves first, then ever smaller pieces.
template <class T>
void reduce(Toy& toy, Plan& plan, std::vector<T> Plan::*part) {
  for (std::size_t size = (plan.*part).size(); size > 0; size /= 2) {
    for (std::size_t at = 0; at < (plan.*part).size();) {
      Plan smaller = plan;
      std::vector<T>& items = smaller.*part;
      const auto first = items.begin() + static_cast<std::ptrdiff_t>(at);
      items.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, items.size() - at)));
      if (signature_of(toy, smaller) == lost) {
        plan = smaller;
      } else {
        at += size;
      }
    }
  }
}

}  // namespace

TEST_CASE("survival: small failing plans of an old version fail in each of 512 newer ones") {
  unsigned edits = 0;
  Toy toy([&](Sim& sim) { ledger_scenario(sim, edits); }, "ledger");
  toy.log(false);
  CHECK(signature_of(toy, sync_plan()) == "");
  CHECK(signature_of(toy, lazy_plan()) == "");
  Profile profile = built_in_profile("default").value();
  profile.rate(DecisionKind::error) = {1, 20};
  const std::unique_ptr<RandomStrategy> strategy[] = {
      make_random_strategy(profile, {RandomOrder::uniform, false}),
      make_random_strategy(profile, {RandomOrder::latencies, false})};
  int plans = 0;
  for (std::uint64_t seed = 0; seed < 4000 && plans < 8; ++seed) {
    edits = 0;
    strategy[seed % 2]->reseed(seed);
    Plan plan = toy.record(*strategy[seed % 2], {}, bounded());
    if (!toy.recorded().finding || toy.recorded().finding->signature != lost) continue;
    reduce(toy, plan, &Plan::order);
    reduce(toy, plan, &Plan::decisions);
    reduce(toy, plan, &Plan::order);
    ++plans;
    CAPTURE(seed);
    std::string text;
    for (const PlannedDecision& decision : plan.decisions) {
      text += decision.identity + '=' + std::to_string(decision.value) + ' ';
    }
    for (const std::string& event : plan.order) text += event + ' ';
    CAPTURE(text);
    int survived = 0;
    for (edits = 0; edits < (1u << edit_count); ++edits) {
      if (signature_of(toy, plan) == lost) ++survived;
    }
    CHECK(survived == 512);
  }
  CHECK(plans == 8);
}

namespace {

/// A cache of one number. The planted bug: a fill that was read before a write, and is delivered
/// after it, puts the old number back.
struct Cache {
  Cache(File& its_file, File& its_scratch, unsigned its_edits)
      : file(its_file), scratch(its_scratch), edits(its_edits) {}

  File& file;
  File& scratch;
  unsigned edits;
  char cached = '?';
  Buffer fill = Buffer::allocate(1);
  Buffer store = Buffer::allocate(1);
  Completion filling, storing, aside;

  bool edited(unsigned edit) const { return (edits & (1u << edit)) != 0; }
  IOResult<Unit> nothing() { return Unit{}; }
  IOResult<Unit> unrelated() {
    if (!aside) aside = scratch.sync();
    if (!aside.finished()) IO_YIELD_ONE(aside);
    return Unit{};
  }
  IOResult<char> read() {
    if (edited(0)) RETURN_IF_IO(nothing());
    if (!filling) filling = file.pread(0, fill);
    if (!filling.finished()) IO_YIELD_ONE(filling);
    filling = {};
    cached = static_cast<char>(fill.bytes()[0]);
    return cached;
  }
  IOResult<Unit> write(char number) {
    if (edited(1)) RETURN_IF_IO(unrelated());
    if (!storing) {
      store.bytes()[0] = static_cast<std::byte>(number);
      storing = file.pwrite(0, store);
    }
    if (!storing.finished()) IO_YIELD_ONE(storing);
    storing = {};
    aside = {};
    cached = number;
    if (edited(2)) RETURN_IF_IO(nothing());
    return Unit{};
  }
};

void cache_scenario(Sim& sim, unsigned edits) {
  const auto edited = [edits](unsigned edit) { return (edits & (1u << edit)) != 0; };
  File& scratch = sim.open("scratch");
  Cache cache(sim.open("numbers"), scratch, edits);
  char last = 'x';
  if (edited(3)) {
    sim.task("statistics", [&] {
      for (int i = 0; i < 3; ++i) {
        static_cast<void>(sim.wait(scratch.pread(0, Buffer::allocate(4))));
        sim.sleep(Duration(2));
      }
    });
  }
  sim.task("writer", [&] {
    if (edited(4)) static_cast<void>(sim.wait(scratch.pwrite(0, Buffer::allocate(4))));
    for (const char number : {'a', 'b', 'c'}) {
      static_cast<void>(sim.await([&] { return cache.write(number); }));
      last = number;
      if (edited(5)) sim.yield();
    }
  });
  if (edited(6)) sim.task("idler", [&] { sim.sleep(Duration(1)); });
  sim.task("reader", [&] {
    if (edited(7)) scratch.sync([&](const Completion&) { scratch.pwrite(0, Buffer::allocate(1)); });
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(sim.await([&] { return cache.read(); }));
      if (edited(8)) static_cast<void>(sim.wait(scratch.sync()));
    }
  });
  sim.finally("the cache has the last number", [&] { return cache.cached == last; });
  sim.results_depend_on_timing();
  sim.run();
}

}  // namespace

TEST_CASE("survival: a plan with an early effect holds in each of 512 newer versions") {
  unsigned edits = 0;
  Toy toy([&](Sim& sim) { cache_scenario(sim, edits); }, "cache");
  toy.log(false);
  Plan plan = lazy_plan({{"reader/read(numbers)#2/early", 1}},
                        {"writer/write(numbers)#2/delivery", "reader/read(numbers)#2/effect",
                         "writer/write(numbers)#3/delivery", "reader/read(numbers)#2/delivery"});
  for (edits = 0; edits < (1u << edit_count); ++edits) {
    CAPTURE(edits);
    REQUIRE(found(toy.run(plan)) == "invariant");
    REQUIRE(toy.missed().none());
  }
  edits = 0;
  plan.decisions.clear();
  CHECK(found(toy.run(plan)) == "");
}

TEST_CASE("survival: a plan of nothing but order holds in each of 512 newer versions") {
  unsigned edits = 0;
  Toy toy([&](Sim& sim) { cache_scenario(sim, edits); }, "cache");
  toy.log(false);
  const Plan plan =
      lazy_plan({}, {"reader/read(numbers)#2/delivery", "writer/write(numbers)#3/delivery",
                     "writer/write(numbers)#3/turn", "reader/read(numbers)#2/turn"});
  for (edits = 0; edits < (1u << edit_count); ++edits) {
    CAPTURE(edits);
    REQUIRE(found(toy.run(plan)) == "invariant");
    REQUIRE(toy.missed().none());
    REQUIRE(found(toy.run(lazy_plan())) == "");
  }
}
