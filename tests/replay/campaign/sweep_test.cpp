// Which plans a sweep consists of, at distance 1 and at distance 2.
#include <reprise/replay/campaign/sweep.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

std::string in_words(const Plan& plan) {
  std::string text;
  for (const PlannedDecision& decision : plan.decisions) {
    text += decision.identity + '=' + std::to_string(decision.value) + ' ';
  }
  for (const std::string& event : plan.order) text += event + ' ';
  return text;
}

/// A task with two reads; a runner to sweep it with.
struct Swept {
  explicit Swept(Faults survived = {}) : faults_(survived) {}

  static void body(Sim& sim) {
    File& file = sim.open("f");
    sim.survives(faults);
    const Buffer buffer = Buffer::allocate(4);
    sim.task("t", [&] {
      for (int i = 0; i < 2; ++i) static_cast<void>(sim.wait(file.pread(0, buffer)));
    });
    sim.run();
  }
  std::set<std::string> plans(Base base) {
    faults = faults_;
    const Sweep sweep(runner, scenario, base, options);
    std::set<std::string> texts;
    for (std::uint64_t i = 0; i < sweep.size(); ++i) {
      texts.insert(in_words(sweep.plan(runner.names(), i)));
    }
    CHECK(texts.size() == sweep.size());  // no plan twice
    return texts;
  }

  static inline Faults faults;
  Faults faults_;
  Scenario scenario{"swept", body, "", false};
  Runner runner;
  RunOptions options;
};

}  // namespace

TEST_CASE("sweep: without faults only timing differs") {
  Swept swept;
  CHECK(swept.plans(Base::sync) ==
        std::set<std::string>{"t/read(f)#1/flight=1 ", "t/read(f)#2/flight=1 "});
  const std::set<std::string> lazy = swept.plans(Base::lazy);
  CHECK(lazy.contains("t/read(f)#2/early=1 "));
  CHECK(lazy.size() == 4);
}

TEST_CASE("sweep: an I/O fails with all that is legal for it and in all ways that last") {
  Swept swept({.errors = true});
  const std::set<std::string> plans = swept.plans(Base::sync);
  for (const char* const plan : {"t/read(f)#1/error=1 ", "t/read(f)#1/error=2 ",
                                 "t/read(f)#1/breaks=1 ", "t/read(f)#2/breaks=1 "}) {
    CAPTURE(plan);
    CHECK(plans.contains(plan));
  }
  CHECK_FALSE(plans.contains("t/read(f)#1/error=3 "));  // a read needs no space
  CHECK_FALSE(plans.contains("t/read(f)#1/breaks=2 "));
}

TEST_CASE("sweep: I/O is cut short at each interesting length of what is there") {
  Swept swept({.short_io = true});
  swept.scenario.body = [](Sim& sim) {
    sim.survives(Swept::faults);
    sim.write_file("f", std::string(40, 'x'));
    File& file = sim.open("f");
    sim.task("t", [&] {
      static_cast<void>(sim.wait(file.pread(0, Buffer::allocate(512))));
      static_cast<void>(sim.wait(file.pwrite(0, Buffer::allocate(3000))));
    });
    sim.run();
  };
  std::set<std::string> expected = {"t/read(f)#1/flight=1 ", "t/write(f)#1/flight=1 "};
  for (const int bytes : {1, 20, 39}) {
    expected.insert("t/read(f)#1/short=" + std::to_string(bytes) + ' ');
  }
  for (const int bytes : {1, 512, 1024, 1500, 2048, 2560, 2999}) {
    expected.insert("t/write(f)#1/short=" + std::to_string(bytes) + ' ');
  }
  CHECK(swept.plans(Base::sync) == expected);
}

TEST_CASE("sweep: a wait is cancelled with each outcome that the scenario survives") {
  Swept swept({.short_io = true, .cancels = true});
  const std::set<std::string> plans = swept.plans(Base::lazy);
  CHECK(plans.contains("t/read(f)#1/cancel=1 "));
  CHECK(plans.contains("t/read(f)#1/cancel=3 "));
  CHECK_FALSE(plans.contains("t/read(f)#1/cancel=4 "));  // EINTR is not survived
}

TEST_CASE("sweep: where either contract is allowed faults are varied under both") {
  Swept swept({.errors = true, .contract = ErrorContract::either});
  const std::set<std::string> plans = swept.plans(Base::lazy);
  CHECK(plans.contains("world#1/contract=1 "));
  CHECK(plans.contains("t/read(f)#2/error=1 "));
  CHECK(plans.contains("world#1/contract=1 t/read(f)#2/error=1 "));
}

TEST_CASE("sweep: of too many plans some are taken evenly over all") {
  Swept swept({.errors = true});
  Swept::faults = {.errors = true};
  const Sweep all(swept.runner, swept.scenario, Base::lazy, swept.options);
  const Sweep some(swept.runner, swept.scenario, Base::lazy, swept.options, 4);
  CHECK(some.size() == 4);
  CHECK(some.total() == all.size());
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < some.size(); ++i) {
    texts.insert(in_words(some.plan(swept.runner.names(), i)));
  }
  CHECK(texts.size() == 4);
}

TEST_CASE("sweep: the points are those where plans differ and count them") {
  Swept swept;
  Swept::faults = {.errors = true};
  const Sweep sweep(swept.runner, swept.scenario, Base::sync, swept.options);
  const Points points = sweep.points(swept.runner.names());
  CHECK(points.size() == 2);
  CHECK(points.at("t/read(f)#1") == 4);  // in flight, two errors, broken for good
  std::uint64_t all = 0;
  for (const auto& [point, plans] : points) all += plans;
  CHECK(all == sweep.size());
}

TEST_CASE("sweep: at distance 2 are all pairs of which the second comes later and each once") {
  Swept swept;
  Swept::faults = {.errors = true};
  const Sweep sweep(swept.runner, swept.scenario, Base::sync, swept.options);
  std::uint64_t told = 0;
  PairSweep pairs(swept.runner, swept.scenario, swept.options, sweep, {},
                  [&](std::uint64_t number) { CHECK(number == told++); });
  CHECK(told == sweep.size());
  CHECK(pairs.size() == pairs.total());
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < pairs.size(); ++i) {
    const Plan plan = pairs.plan(i);
    CHECK(plan.decisions.size() + plan.order.size() / 2 == 2);
    texts.insert(in_words(plan));
  }
  CHECK(texts.size() == pairs.size());
  CHECK(texts.contains("t/read(f)#1/error=1 t/read(f)#2/error=1 "));
  CHECK(texts.contains("t/read(f)#1/flight=1 t/read(f)#1/early=1 "));  // only there it is asked
  CHECK_FALSE(texts.contains("t/read(f)#2/error=1 t/read(f)#1/error=1 "));
}

TEST_CASE("sweep: of too many pairs a sample is drawn that its seed alone decides") {
  Swept swept;
  Swept::faults = {.errors = true};
  const Sweep sweep(swept.runner, swept.scenario, Base::lazy, swept.options);
  const auto sample = [&](std::uint64_t seed) {
    PairSweep pairs(swept.runner, swept.scenario, swept.options, sweep, {.most = 5, .seed = seed},
                    [](std::uint64_t) {});
    CHECK(pairs.size() == 5);
    CHECK(pairs.total() > 20);
    std::set<std::string> texts;
    for (std::uint64_t i = 0; i < pairs.size(); ++i) texts.insert(in_words(pairs.plan(i)));
    CHECK(texts.size() == 5);
    return texts;
  };
  CHECK(sample(1) == sample(1));
  CHECK(sample(1) != sample(2));
}
