// Broken and sound machines, each under every place where it can be made to yield:
// docs/DECISIONS.md, "Checks".
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

/// What the machines below are made of: a call that may be made to yield after it, or to wait.
struct Parts {
  explicit Parts(File& its_file) : file(its_file) {}

  File& file;
  Completion pending;
  Tracked<int> count{"count"};
  Tracked<int> other{"other"};
  Tracked<std::vector<int>> items{"items"};
  Tracked<std::map<int, int>> index{"index"};
  Tracked<bool> flag{"flag"};
  Tracked<int> state{"state"};
  Tracked<int> i{"i"};

  IOResult<int> call() { return 1; }
  IOResult<Unit> wait() {
    if (!pending) pending = file.sync();
    if (!pending.finished()) IO_YIELD_ONE(pending);
    pending = {};
    return Unit{};
  }
};

// Broken: each changes something, may yield, and changes it again on re-entry.

struct AddsBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    count += 1;
    RETURN_IF_IO(wait());
    return count;
  }
};
struct IncrementsBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    ++count;
    RETURN_IF_IO(call());
    return count;
  }
};
struct PushesBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    items.push_back(7);
    RETURN_IF_IO(wait());
    return 0;
  }
};
struct InsertsAnotherKey : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    index.insert({static_cast<int>(index->size()), 1});
    RETURN_IF_IO(call());
    return 0;
  }
};
struct PopsBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    if (i == 0) {
      items = std::vector<int>{1, 2, 3};
      i = 1;
    }
    const int last = items->back();
    items.pop_back();
    RETURN_IF_IO(call());
    return last;
  }
};
struct TogglesBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    flag ^= true;
    RETURN_IF_IO(call());
    return 0;
  }
};
struct DeepInside : Parts {
  using Parts::Parts;
  IOResult<int> leaf() {
    count += 1;
    RETURN_IF_IO(wait());
    return count;
  }
  IOResult<int> middle() { return RETURN_IF_IO(leaf()); }
  IOResult<int> run() { return RETURN_IF_IO(middle()); }
};
struct InTheOuterLevel : Parts {
  using Parts::Parts;
  IOResult<int> leaf() {
    RETURN_IF_IO(wait());
    return 1;
  }
  IOResult<int> middle() { return RETURN_IF_IO(leaf()); }
  IOResult<int> run() {
    count += 1;
    return RETURN_IF_IO(middle());
  }
};
struct InTheMiddle : Parts {
  using Parts::Parts;
  IOResult<int> middle() {
    items.push_back(1);
    RETURN_IF_IO(wait());
    return 1;
  }
  IOResult<int> run() { return RETURN_IF_IO(middle()); }
};
struct AfterADone : Parts {  // the first await is behind it: its state says so
  using Parts::Parts;
  IOResult<int> run() {
    if (state == 0) {
      RETURN_IF_IO(call());
      state = 1;
    }
    count += 1;
    RETURN_IF_IO(wait());
    return count;
  }
};
struct BeforeADone
    : Parts {  // the first await, which is behind it on the way back, changes nothing
  using Parts::Parts;
  IOResult<int> run() {
    count += 1;
    if (state == 0) {
      RETURN_IF_IO(call());
      state = 1;
    }
    RETURN_IF_IO(wait());
    return count;
  }
};
struct UndoneThenDoneAgain : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    count += 1;
    count -= 1;
    count += 1;
    RETURN_IF_IO(wait());
    return count;
  }
};
struct ByAHelper : Parts {
  using Parts::Parts;
  void helper() { count += 1; }
  IOResult<int> run() {
    helper();
    RETURN_IF_IO(call());
    return count;
  }
};
struct OneOfTwo : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    flag = true;
    count += 1;
    RETURN_IF_IO(wait());
    flag = false;
    return count;
  }
};
struct RestoresTheWrongOne : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    const int saved = other;
    other = 0;
    count += 1;
    RETURN_AND_RESTORE_IF_IO(other, saved, call());
    return 0;
  }
};

// Sound.

struct AddsAfter : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    RETURN_IF_IO(wait());
    count += 1;
    return count;
  }
};
struct LoopAfterEachDone : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    while (i < 3) {
      RETURN_IF_IO(wait());
      i += 1;
      count += 1;
      items.push_back(i);
    }
    return count;
  }
};
struct NestedLoop : Parts {
  using Parts::Parts;
  IOResult<int> inner() {
    while (other < 2) {
      RETURN_IF_IO(wait());
      other += 1;
    }
    other = 0;
    return 1;
  }
  IOResult<int> run() {
    while (i < 2) {
      RETURN_IF_IO(inner());
      i += 1;
    }
    return i;
  }
};
struct MovesOnBefore : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    switch (state) {
      case 0:
        state = 1;
        RETURN_IF_IO(call());
        [[fallthrough]];
      case 1:
        state = 2;
        RETURN_IF_IO(call());
        [[fallthrough]];
      default: return 3;
    }
  }
};
struct CountsOnTransition : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    if (state == 0) {
      count += 1;
      state = 1;
    }
    RETURN_IF_IO(wait());
    return count;
  }
};
struct FlagAgain : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    flag = true;
    RETURN_IF_IO(wait());
    flag = false;
    return 0;
  }
};
struct SameKeyAgain : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    index.set_at(7, 1);
    RETURN_IF_IO(wait());
    return 0;
  }
};
struct LockWithinTheEntry : Parts {
  using Parts::Parts;
  struct Guard {
    explicit Guard(Tracked<int>& its_lock) : lock(its_lock) { lock += 1; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { lock -= 1; }
    Tracked<int>& lock;
  };
  IOResult<int> run() {
    const Guard guard(count);
    RETURN_IF_IO(wait());
    RETURN_IF_IO(call());
    return 0;
  }
};
struct LockInTheOuterLevel : LockWithinTheEntry {
  using LockWithinTheEntry::LockWithinTheEntry;
  IOResult<int> leaf() {
    RETURN_IF_IO(wait());
    return 1;
  }
  IOResult<int> run() {
    const Guard guard(count);
    return RETURN_IF_IO(leaf());
  }
};
struct Scratch : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    Tracked<std::vector<int>> scratch{"scratch"};
    scratch.push_back(1);
    const auto on_heap = std::make_unique<Tracked<int>>("on heap");
    *on_heap += 1;
    RETURN_IF_IO(wait());
    RETURN_IF_IO(call());
    return 0;
  }
};
struct TakesOutAndRestores : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    std::vector<int> saved = items.take();
    RETURN_AND_RESTORE_IF_IO(items, saved, call());
    items = std::move(saved);
    return 0;
  }
};
struct DoneAndUndone : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    count += 1;
    count -= 1;
    RETURN_IF_IO(wait());
    return 0;
  }
};
struct OnAnotherWay : Parts {  // comes to the same line, but not on the way back
  using Parts::Parts;
  IOResult<int> run() {
    if (state == 0) {
      state = 1;
      RETURN_IF_IO(call());
    }
    count += 1;
    return count;
  }
};
struct BareYield : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    if (state == 0) {
      state = 1;
      count += 1;
      IO_YIELD_ONE(Completion::yield());
    }
    return count;
  }
};
struct DifferentLines : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    if (state == 0) {
      count += 1;
      state = 1;
    } else if (state == 1) {
      count += 2;
      state = 2;
    }
    RETURN_IF_IO(call());
    return count;
  }
};
struct SkipsTheInnerAwait : Parts {  // comes to it next through another site of the outer level
  using Parts::Parts;
  IOResult<int> inner() {
    if (!pending) {
      count += 1;
      pending = file.sync();
    }
    if (!pending.finished()) RETURN_IF_IO(wait());
    pending = {};
    return 1;
  }
  IOResult<int> run() {
    if (state == 0) {
      RETURN_IF_IO(inner());
      state = 1;
    }
    return RETURN_IF_IO(inner());
  }
};
struct Copies : Parts {
  using Parts::Parts;
  IOResult<int> run() {
    Tracked<int> copy = count;
    copy += 1;
    RETURN_IF_IO(wait());
    count = copy.get();
    return count;
  }
};

/// A scenario of one machine: two operations, one after the other. The second must not be taken for
/// a re-entry of the first.
template <class Machine>
Toy twice() {
  return Toy([](Sim& sim) {
    const auto machine = std::make_unique<Machine>(sim.open("f"));
    sim.task("t", [&] {
      for (int n = 0; n < 2; ++n) {
        static_cast<void>(sim.await([&] { return machine->run(); }));
        machine->state = 0;
        machine->i = 0;
      }
    });
    sim.run();
  });
}

/// Every subset of the yields, and of what is in flight, that a lazy run offers.
std::vector<Plan> every_yield_place(Toy& toy) {
  const auto calm = make_calm_strategy(Base::lazy);
  toy.record(*calm, {.alternatives = true});
  std::vector<PlannedDecision> places;
  for (const RecordedDecision& decision : toy.recording().decisions) {
    if ((kinds(decision.identity.kind()) & kinds(DecisionKind::yield, DecisionKind::flight)) == 0) {
      continue;
    }
    if (places.size() == 9) break;
    places.push_back({to_string(toy.runner().names(), decision.identity), 1});
  }
  std::vector<Plan> plans;
  for (unsigned subset = 0; subset < (1u << places.size()); ++subset) {
    Plan plan = lazy_plan();
    for (unsigned at = 0; at < places.size(); ++at) {
      if ((subset & (1u << at)) != 0) plan.decisions.push_back(places[at]);
    }
    plans.push_back(plan);
    plan.base = Base::sync;
    plans.push_back(plan);
  }
  return plans;
}

struct Verdict {
  std::set<std::string> found;  // checks
  std::set<std::string> signatures;
};

template <class Machine>
Verdict verdict() {
  Toy toy = twice<Machine>();
  Verdict verdict;
  for (const Plan& plan : every_yield_place(toy)) {
    const RunResult result = toy.run(plan);
    if (!result.finding) continue;
    verdict.found.insert(result.finding->check);
    verdict.signatures.insert(result.finding->signature);
  }
  return verdict;
}

using Signatures = std::set<std::string>;

}  // namespace

#define BROKEN(Machine, signature)                                           \
  TEST_CASE("double-mutation: found in " #Machine) {                         \
    const Verdict seen = verdict<Machine>();                                 \
    CHECK(seen.found == std::set<std::string>{"double-mutation"});           \
    CHECK(seen.signatures == Signatures{"double-mutation toy: " signature}); \
  }
#define BROKEN_AT_TWO(Machine, one, other)                                         \
  TEST_CASE("double-mutation: found in " #Machine " at both its places") {         \
    CHECK(verdict<Machine>().signatures ==                                         \
          Signatures{"double-mutation toy: " one, "double-mutation toy: " other}); \
  }
#define SOUND(Machine)                                          \
  TEST_CASE("double-mutation: nothing is found in " #Machine) { \
    CHECK(verdict<Machine>().signatures == Signatures{});       \
  }

BROKEN(AddsBefore, "count += before run/wait()")
BROKEN(IncrementsBefore, "count ++ before run/call()")
BROKEN(PushesBefore, "items push_back before run/wait()")
BROKEN(InsertsAnotherKey, "index insert before run/call()")
BROKEN(PopsBefore, "items pop_back before run/call()")
BROKEN(TogglesBefore, "flag ^= before run/call()")
BROKEN(InTheOuterLevel, "count += before run/middle()")
BROKEN(AfterADone, "count += before run/wait()")
BROKEN_AT_TWO(BeforeADone, "count += before run/call()", "count += before run/wait()")
BROKEN(UndoneThenDoneAgain, "count += before run/wait()")
BROKEN(ByAHelper, "count += before run/call()")
BROKEN(OneOfTwo, "count += before run/wait()")
BROKEN(RestoresTheWrongOne, "count += before run/call()")
BROKEN(DeepInside, "count += before leaf/wait()")
BROKEN(InTheMiddle, "items push_back before middle/wait()")

SOUND(AddsAfter)
SOUND(LoopAfterEachDone)
SOUND(NestedLoop)
SOUND(MovesOnBefore)
SOUND(CountsOnTransition)  // tidy-ok: one table of machines, broken and sound
SOUND(FlagAgain)
SOUND(SameKeyAgain)
SOUND(LockWithinTheEntry)
SOUND(LockInTheOuterLevel)
SOUND(Scratch)
SOUND(TakesOutAndRestores)
SOUND(DoneAndUndone)
SOUND(OnAnotherWay)
SOUND(BareYield)
SOUND(DifferentLines)
SOUND(SkipsTheInnerAwait)
SOUND(Copies)

TEST_CASE("double-mutation: work before a call that said Done counts when a later one yields") {
  struct Machine : Parts {
    using Parts::Parts;
    IOResult<int> run() {
      count += 1;
      if (state == 0) {
        RETURN_IF_IO(call());
        state = 1;
      }
      RETURN_IF_IO(wait());
      return count;
    }
  };
  Toy toy = twice<Machine>();
  const RunResult result = toy.run(lazy_plan());  // two entries, and one wait
  REQUIRE(result.finding.has_value());
  CHECK(result.finding->signature == "double-mutation toy: count += before run/wait()");
  CHECK(result.stats.entries == 2);
}

TEST_CASE("double-mutation: both entries and both places are shown") {
  Toy toy = twice<AddsBefore>();
  const RunResult result = toy.run(lazy_plan());
  REQUIRE(result.finding.has_value());
  const Finding& finding = *result.finding;
  CHECK(finding.evidence ==
        std::vector<std::string>{"task `t`, in `run`", "entry 1: `count` +=, 0 -> 1",
                                 "entry 1 yielded at `wait()`", "entry 2: `count` +=, 1 -> 2"});
  CHECK(finding.places.size() == 2);
  CHECK(finding.message.find("count") != std::string::npos);
  CHECK_FALSE(finding.help.empty());
}

TEST_CASE(
    "double-mutation: it is found when the change is repeated in a later entry than the next") {
  struct Third : Parts {
    using Parts::Parts;
    int entries = 0;
    IOResult<int> run() {
      if (++entries != 2) count += 1;
      RETURN_IF_IO(twice());
      return count;
    }
    IOResult<Unit> twice() {
      while (i < 2) {
        RETURN_IF_IO(wait());
        i += 1;
      }
      return Unit{};
    }
  };
  Toy toy([](Sim& sim) {
    Third machine(sim.open("f"));
    sim.task("t", [&] { static_cast<void>(sim.await([&] { return machine.run(); })); });
    sim.run();
  });
  const RunResult result = toy.run(lazy_plan());
  CHECK(found(result) == "double-mutation");
}

TEST_CASE("double-mutation: two tasks that change one object are not taken for one") {
  Toy toy([](Sim& sim) {
    Tracked<int> shared{"shared"};
    File& file = sim.open("f");
    for (std::uint32_t i = 0; i < 3; ++i) {
      sim.task("t", i, [&] {
        Completion pending;
        bool counted = false;
        static_cast<void>(sim.await([&]() -> IOResult<Unit> {
          if (!counted) shared += 1;
          counted = true;
          if (!pending) pending = file.sync();
          const auto wait = [&]() -> IOResult<Unit> {
            if (!pending.finished()) IO_YIELD_ONE(pending);
            return Unit{};
          };
          RETURN_IF_IO(wait());
          return Unit{};
        }));
      });
    }
    sim.run();
  });
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    REQUIRE(found(toy.run(*random_of(seed))) == "");
  }
}

TEST_CASE("double-mutation: an object at the address of one that is gone is another object") {
  Toy toy([](Sim& sim) {
    struct Machine {
      std::optional<Tracked<int>> slot;
      int entries = 0;
      IOResult<int> call() { return 1; }
      IOResult<int> run() {
        slot.emplace("slot");  // at the same address in each entry
        *slot += 1;
        RETURN_IF_IO(call());
        return slot->get();
      }
    } machine;
    sim.task("t", [&] { sim.expect_eq(sim.await([&] { return machine.run(); }), 1); });
    sim.run();
  });
  CHECK(found(toy.run(sync_plan({{"t/run/call()#1/yield", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("double-mutation: a check that is off finds nothing and changes nothing before") {
  Toy toy = twice<AddsBefore>();
  RunOptions off;
  off.checks.off = {"double-mutation"};
  CHECK(found(toy.run(lazy_plan(), off)) == "");
  Toy sound = twice<AddsAfter>();
  const std::uint64_t digest = sound.run(lazy_plan()).digest;
  CHECK(sound.run(lazy_plan(), off).digest == digest);
}
