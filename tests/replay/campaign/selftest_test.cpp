#include <doctest/doctest.h>
#include <reprise/replay/campaign/selftest.h>
#include <reprise/sim/runner.h>

#include <string>
#include <vector>

#include "tests/support/trouble.h"

namespace reprise {

namespace {

using tests::Registered;

SelftestOptions selftest_options(std::uint64_t runs) {
  SelftestOptions options;
  options.runs = runs;
  options.search.cases.seed = 1;
  options.search.cases.profile = *built_in_profile("default");
  options.search.worker.silent = true;
  return options;
}

struct Pair {
  Pair(ScenarioBody broken_body, ScenarioBody mended_body, std::string check)
      : broken("selftest-test/pair/broken", broken_body, std::move(check), true),
        mended("selftest-test/pair/mended", mended_body, {}, true) {}

  Registered broken;
  Registered mended;
};

}  // namespace

TEST_CASE("selftest: a pair that does what it is for passes") {
  const Pair pair(tests::double_mutation_toy, tests::clean_toy, "double-mutation");
  const PairResult result = selftest_pair("selftest-test/pair", selftest_options(200));
  CHECK(result.passed());
  CHECK(result.runs == result.plans + 200);
  CHECK(result.mended_runs > 200);
  CHECK(result.found > 10);
  CHECK(result.first_found == 2);  // the calm run from `lazy`
}

TEST_CASE("selftest: a broken half that nobody finds fails") {
  const Pair pair(tests::clean_toy, tests::clean_toy, "double-mutation");
  const PairResult result = selftest_pair("selftest-test/pair", selftest_options(100));
  CHECK(!result.passed());
  CHECK(result.found == 0);
  CHECK(!result.first_found.has_value());
}

TEST_CASE("selftest: a broken half that another check finds fails") {
  const Pair pair(tests::invariant_toy, tests::clean_toy, "double-mutation");
  const PairResult result = selftest_pair("selftest-test/pair", selftest_options(200));
  CHECK(!result.passed());
  CHECK(result.found_by_others.at("invariant") > 0);
}

TEST_CASE("selftest: a mended half that is flagged fails") {
  const Pair pair(tests::double_mutation_toy, tests::invariant_toy, "double-mutation");
  const PairResult result = selftest_pair("selftest-test/pair", selftest_options(200));
  CHECK(!result.passed());
  CHECK(result.mended_findings.size() == 1);
}

TEST_CASE("selftest: it says how soon a bug is found by the sweep and by chance") {
  const Pair pair(tests::double_mutation_toy, tests::clean_toy, "double-mutation");
  SelftestOptions options = selftest_options(100);
  options.campaigns = 5;
  const PairResult result = selftest_pair("selftest-test/pair", options);
  CHECK(result.first_plan == 2);
  CHECK(result.plans > 2);
  REQUIRE(result.random.has_value());
  CHECK(result.random->found == 5);
  REQUIRE(result.random->median.has_value());
  CHECK(*result.random->median < 20);
}

TEST_CASE("selftest: what most campaigns do not find has no median") {
  const Pair pair(tests::clean_toy, tests::clean_toy, "double-mutation");
  SelftestOptions options = selftest_options(20);
  options.campaigns = 3;
  options.search.workers = 2;
  const PairResult result = selftest_pair("selftest-test/pair", options);
  CHECK_FALSE(result.first_plan.has_value());
  REQUIRE(result.random.has_value());
  CHECK(result.random->found == 0);
  CHECK_FALSE(result.random->median.has_value());
}

TEST_CASE("selftest: a run that dies in a campaign is found there") {
  const Pair pair(tests::abort_toy, tests::clean_toy, "crash");
  SelftestOptions options = selftest_options(100);
  options.campaigns = 4;
  const PairResult result = selftest_pair("selftest-test/pair", options);
  REQUIRE(result.random.has_value());
  CHECK(result.random->found == 4);
}

TEST_CASE("selftest: without the store watch any check will do") {
  const Pair pair(tests::invariant_toy, tests::clean_toy, "double-mutation");
  SelftestOptions options = selftest_options(200);
  CHECK_FALSE(selftest_pair("selftest-test/pair", options).passed());
  options.is_watched = false;
  CHECK(selftest_pair("selftest-test/pair", options).passed());
}

TEST_CASE("selftest: a death counts for the check crash") {
  const Pair pair(tests::abort_toy, tests::clean_toy, "crash");
  CHECK(selftest_pair("selftest-test/pair", selftest_options(200)).passed());
}

TEST_CASE("selftest: the number of workers changes nothing") {
  const Pair pair(tests::invariant_toy, tests::clean_toy, "invariant");
  SelftestOptions options = selftest_options(300);
  const PairResult one = selftest_pair("selftest-test/pair", options);
  options.search.workers = 3;
  const PairResult three = selftest_pair("selftest-test/pair", options);
  CHECK(one.runs == three.runs);
  CHECK(one.found == three.found);
  CHECK(one.first_found == three.first_found);
}

TEST_CASE("selftest: pairs are named with and without their half") {
  const Pair pair(tests::clean_toy, tests::clean_toy, "invariant");
  const std::vector<std::string> only = {"selftest-test/pair"};
  CHECK(match_pairs("selftest-test/pair") == only);
  CHECK(match_pairs("selftest-test/pair/broken") == only);
  CHECK(match_pairs("selftest-test/*") == only);
  CHECK(match_pairs("selftest-test/other").empty());
}

}  // namespace reprise
