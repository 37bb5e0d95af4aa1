// The rules that every network keeps, on the simulated one: in both bases, and with random timing.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>

using namespace reprise;
using namespace reprise::tests;

namespace {

class RulesOfTheSimulator {
 public:
  explicit RulesOfTheSimulator(const StreamRule& rule) : rule_(rule) {}

  StreamNotes tell(const Plan& plan) { return seen(toy_.check(plan)); }
  StreamNotes tell(std::uint64_t seed) {
    const auto random = make_random_strategy(*built_in_profile("chaos"));
    random->reseed(seed);
    return seen(toy_.check(*random));
  }

 private:
  StreamNotes seen(const RunResult& result) {
    if (result.finding) notes_.push_back(result.finding->check + ": " + result.finding->message);
    return notes_;
  }

  const StreamRule& rule_;
  StreamNotes notes_;
  Toy toy_{[this](Sim& sim) {
    notes_.clear();
    sim.task("ends", [&] {
      StreamRig rig{sim.io(), ":0", [&](const Completion& c) { return sim.wait(c); }};
      notes_ = rule_.tell(rig);
    });
    sim.run();
  }};
};

}  // namespace

TEST_CASE("network: the rules of streams hold in both bases") {
  for (const StreamRule& rule : stream_rules()) {
    CAPTURE(rule.name);
    RulesOfTheSimulator rules(rule);
    CHECK(joined(rules.tell(sync_plan())) == joined(rule.expected));
    CHECK(joined(rules.tell(lazy_plan())) == joined(rule.expected));
  }
}

TEST_CASE("network: the rules of streams hold whatever the timing") {
  for (const StreamRule& rule : stream_rules()) {
    CAPTURE(rule.name);
    RulesOfTheSimulator rules(rule);
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      CAPTURE(seed);
      REQUIRE(joined(rules.tell(seed)) == joined(rule.expected));
    }
  }
}
