// The rules that every network keeps, on the simulated one: in both bases, and with random timing.
#include "tests/support/datagram_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

template <class Rule>
class RuleInSimulation {
 public:
  explicit RuleInSimulation(const Rule& rule) : rule_(rule) {}

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

  const Rule& rule_;
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

template <class Rule>
void check_in_both_bases(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    CAPTURE(rule.name);
    RuleInSimulation<Rule> told(rule);
    CHECK(joined(told.tell(sync_plan())) == joined(rule.expected));
    CHECK(joined(told.tell(lazy_plan())) == joined(rule.expected));
  }
}

template <class Rule>
void check_whatever_the_timing(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    CAPTURE(rule.name);
    RuleInSimulation<Rule> told(rule);
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      CAPTURE(seed);
      REQUIRE(joined(told.tell(seed)) == joined(rule.expected));
    }
  }
}

}  // namespace

TEST_CASE("network: the rules of streams hold in both bases") {
  check_in_both_bases(stream_rules());
}
TEST_CASE("network: the rules of streams hold whatever the timing") {
  check_whatever_the_timing(stream_rules());
}

TEST_CASE("network: the rules of datagrams hold in both bases") {
  check_in_both_bases(datagram_rules());
}
TEST_CASE("network: the rules of datagrams hold whatever the timing") {
  check_whatever_the_timing(datagram_rules());
}
