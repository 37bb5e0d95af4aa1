// The cases of a campaign: their numbers, their plans and their seeds.
#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/campaign/seed.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/support/toy.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

constexpr std::array sweep_kinds = {CaseKind::sweep_sync, CaseKind::sweep_lazy};
constexpr std::array pair_kinds = {CaseKind::pairs_sync, CaseKind::pairs_lazy};

CaseOptions case_options() {
  CaseOptions options;
  options.seed = 7;
  options.profile = *built_in_profile("default");
  return options;
}

const Scenario& two_readers() {
  static const Scenario scenario{"cases-test/readers", tests::clean_toy, "", false};
  return scenario;
}

// One of each kind, and some more.
std::vector<Case> some_cases(CaseRunner& cases) {
  std::vector<Case> some{{CaseKind::calm, 0}, {CaseKind::calm, 1},   {CaseKind::calm, 2},
                         {CaseKind::calm, 3}, {CaseKind::random, 0}, {CaseKind::random, 41}};
  for (const CaseKind kind : sweep_kinds) {
    some.push_back({kind, 0});
    some.push_back({kind, cases.count(kind) - 1});
  }
  for (const CaseKind kind : pair_kinds) some.push_back({kind, cases.count(kind) / 2});
  return some;
}

std::string in_words(const Plan& plan) {
  std::string text(plan.base == Base::sync ? "sync " : "lazy ");
  for (const PlannedDecision& decision : plan.decisions) {
    text += decision.identity + '=' + std::to_string(decision.value) + ' ';
  }
  for (const std::string& event : plan.order) text += event + ' ';
  return text;
}

}  // namespace

TEST_CASE("cases: one of 64 is run twice and each of 64 shards has its part of these") {
  std::vector<std::uint64_t> by_shard(run_twice_every);
  std::uint64_t all = 0;
  for (std::uint64_t number = 0; number < 2 * run_twice_every * run_twice_every; ++number) {
    if (!is_run_twice(number)) continue;
    ++all;
    ++by_shard[number % run_twice_every];
  }
  CHECK(is_run_twice(0));
  CHECK(all == 2 * run_twice_every);
  CHECK(by_shard == std::vector<std::uint64_t>(run_twice_every, 2));
}

TEST_CASE("cases: packing keeps a case and the order of cases") {
  constexpr std::uint64_t last = (std::uint64_t{1} << 56) - 1;
  std::vector<Case> ascending;
  for (std::uint8_t kind = 0; kind < case_kind_count; ++kind) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, last}) {
      ascending.push_back({static_cast<CaseKind>(kind), number});
    }
  }
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    CHECK(unpack(pack(ascending[i])) == ascending[i]);
    if (i == 0) continue;
    CHECK(ascending[i - 1] < ascending[i]);
    CHECK(pack(ascending[i - 1]) < pack(ascending[i]));
  }
}

TEST_CASE("cases: whoever runs a case sees the same run") {
  CaseRunner one(two_readers(), case_options());
  CaseRunner other(two_readers(), case_options());
  const std::vector<Case> some = some_cases(one);
  std::vector<std::uint64_t> digests;
  for (const Case& item : some) digests.push_back(one.run(item, false).digest);
  // Backwards, so that no run can rely on those before it.
  for (std::size_t i = some.size(); i-- > 0;) {
    CAPTURE(pack(some[i]));
    CHECK(other.run(some[i], false).digest == digests[i]);
  }
}

TEST_CASE("cases: a recorded case is the same run and its plan makes it again") {
  CaseRunner cases(two_readers(), case_options());
  for (const Case& item : some_cases(cases)) {
    CAPTURE(pack(item));
    const std::uint64_t digest = cases.run(item, false).digest;
    const CaseRunner::Recorded recorded = cases.record(item);
    CHECK(recorded.result.digest == digest);
    CHECK(cases.run_plan(recorded.plan).digest == digest);
  }
}

TEST_CASE("cases: calm ones have no difference from their base and then one task goes first") {
  CaseRunner cases(two_readers(), case_options());
  CHECK(cases.record({CaseKind::calm, 0}).plan == Plan{Base::sync, {}, {}});
  CHECK(cases.record({CaseKind::calm, 1}).plan == Plan{Base::lazy, {}, {}});
  CHECK(cases.record({CaseKind::calm, 2}).plan == serial_plan(Base::sync));
  CHECK(cases.record({CaseKind::calm, 3}).plan == serial_plan(Base::lazy));
  CHECK(cases.count(CaseKind::calm) == 2);
  CHECK(cases.count(CaseKind::random) == UINT64_MAX);
}

TEST_CASE("cases: a sweep's plans are all different and start from its base") {
  CaseRunner cases(two_readers(), case_options());
  std::set<std::string> plans;
  std::uint64_t count = 0;
  for (const CaseKind kind : sweep_kinds) {
    const Base base = kind == CaseKind::sweep_sync ? Base::sync : Base::lazy;
    count += cases.count(kind);
    for (std::uint64_t number = 0; number < cases.count(kind); ++number) {
      const Plan plan = cases.record({kind, number}).plan;
      CHECK(plan.base == base);
      plans.insert(in_words(plan));
    }
  }
  CHECK(count > 20);
  CHECK(plans.size() == count);
}

TEST_CASE("cases: limits cut sweeps and pairs and the total stays") {
  CaseRunner all(two_readers(), case_options());
  CaseOptions options = case_options();
  options.sweep_max = 5;
  options.pairs_max = 3;
  CaseRunner few(two_readers(), options);
  for (const CaseKind kind : sweep_kinds) {
    REQUIRE(all.count(kind) > 5);
    CHECK(all.total(kind) == all.count(kind));
    CHECK(few.count(kind) == 5);
    CHECK(few.total(kind) == all.total(kind));
  }
  for (const CaseKind kind : pair_kinds) {
    REQUIRE(all.count(kind) > 3);
    CHECK(all.total(kind) == all.count(kind));
    CHECK(few.count(kind) == 3);
    CHECK(few.total(kind) > few.count(kind));
  }
}

TEST_CASE("cases: another root seed draws other pairs") {
  std::set<std::string> drawn;
  for (const std::uint64_t seed : {1U, 1U, 2U}) {
    CaseOptions options = case_options();
    options.seed = seed;
    options.pairs_max = 4;
    CaseRunner cases(two_readers(), options);
    std::string text;
    for (std::uint64_t number = 0; number < 4; ++number) {
      text += in_words(cases.record({CaseKind::pairs_lazy, number}).plan) + '\n';
    }
    drawn.insert(text);
  }
  CHECK(drawn.size() == 2);
}

TEST_CASE("cases: pairs are counted by running each plan of the sweep and each is told") {
  CaseRunner cases(two_readers(), case_options());
  std::vector<Case> told;
  cases.on_counting([&](const Case& item) { told.push_back(item); });
  const std::uint64_t singles = cases.count(CaseKind::sweep_lazy);
  CHECK(told.empty());
  static_cast<void>(cases.count(CaseKind::pairs_lazy));
  REQUIRE(told.size() == singles);
  for (std::uint64_t number = 0; number < singles; ++number) {
    CHECK(told[number] == Case{CaseKind::sweep_lazy, number});
  }
  static_cast<void>(cases.total(CaseKind::pairs_lazy));
  CHECK(told.size() == singles);  // they are counted once
}

TEST_CASE("cases: a random one has the seed of its number and no other has any") {
  CaseOptions options = case_options();
  CaseRunner cases(two_readers(), options);
  for (const std::uint64_t number : {0U, 1U, 1000U}) {
    CHECK(cases.seed_of({CaseKind::random, number}) == case_seed(7, "cases-test/readers", number));
  }
  for (std::uint8_t kind = 0; kind < static_cast<std::uint8_t>(CaseKind::random); ++kind) {
    CHECK(!cases.seed_of({static_cast<CaseKind>(kind), 0}).has_value());
  }
}

TEST_CASE("cases: the seed of a random one is enough to run it alone") {
  CaseRunner campaign(two_readers(), case_options());
  const Case far{CaseKind::random, 123};
  CaseOptions options = case_options();
  options.seed = *campaign.seed_of(far);
  options.is_seed_of_run = true;
  CaseRunner alone(two_readers(), options);
  const Case first{CaseKind::random, 0};
  CHECK(alone.seed_of(first) == campaign.seed_of(far));
  CHECK(alone.strategy_name(first) == campaign.strategy_name(far));
  CHECK(alone.record(first).plan == campaign.record(far).plan);
}

TEST_CASE("cases: each says what makes its decisions") {
  CaseOptions options = case_options();
  CaseRunner cases(two_readers(), options);
  CHECK(cases.strategy_name({CaseKind::calm, 0}) == "sync");
  CHECK(cases.strategy_name({CaseKind::calm, 1}) == "lazy");
  CHECK(cases.strategy_name({CaseKind::calm, 3}) == "lazy, task by task");
  CHECK(cases.strategy_name({CaseKind::sweep_lazy, 0}) == "sweep from lazy");
  CHECK(cases.strategy_name({CaseKind::pairs_sync, 0}) == "sweep from sync at distance 2");
  const Case random{CaseKind::random, 5};
  CHECK(cases.strategy_name(random) == pick_strategy(nullptr, *cases.seed_of(random)).name);
}

}  // namespace reprise
