#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/sim/scenario.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace reprise;

namespace {

void body(Sim& sim) { sim.run(); }

/// Registered while it lives.
struct Registered {
  explicit Registered(Scenario scenario) : name(scenario.name) {
    register_scenario(std::move(scenario));
  }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() { unregister_scenario(name); }

  std::string name;
};

std::vector<std::string> matching(std::string_view pattern) {
  std::vector<std::string> names;
  for (const Scenario* const scenario : match_scenarios(pattern)) names.push_back(scenario->name);
  return names;
}

REPRISE_SCENARIO("scenario-test/by-macro") { sim.run(); }
CANARY("scenario-test/pair", "progress", body, body);

}  // namespace

TEST_CASE("scenario: the registry is sorted by name whatever the order of registration") {
  const Registered c({"zz/c", &body, "", false});
  const Registered a({"zz/a", &body, "", false});
  const Registered b({"zz/b", &body, "", false});
  CHECK(matching("zz/*") == std::vector<std::string>{"zz/a", "zz/b", "zz/c"});
}

TEST_CASE("scenario: one is found by its name until it is unregistered") {
  {
    const Registered a({"zz/a", &body, "", false});
    REQUIRE(find_scenario("zz/a") != nullptr);
    CHECK((find_scenario("zz/a")->body == &body));
    CHECK(find_scenario("zz/") == nullptr);
  }
  CHECK(find_scenario("zz/a") == nullptr);
}

TEST_CASE("scenario: the macro registers before main") {
  REQUIRE(find_scenario("scenario-test/by-macro") != nullptr);
  CHECK_FALSE(find_scenario("scenario-test/by-macro")->canary);
}

TEST_CASE("scenario: a canary is two scenarios and the broken one names its check") {
  const Scenario* const broken = find_scenario("scenario-test/pair/broken");
  const Scenario* const mended = find_scenario("scenario-test/pair/mended");
  REQUIRE(broken != nullptr);
  REQUIRE(mended != nullptr);
  CHECK(broken->broken());
  CHECK(broken->finds == "progress");
  CHECK(broken->canary);
  CHECK_FALSE(mended->broken());
  CHECK(mended->canary);
}

TEST_CASE("scenario: patterns leave broken ones out and full names do not") {
  CHECK(matching("scenario-test/*") ==
        std::vector<std::string>{"scenario-test/by-macro", "scenario-test/pair/mended"});
  CHECK(matching("scenario-test/pair/broken") ==
        std::vector<std::string>{"scenario-test/pair/broken"});
}

TEST_CASE("scenario: a star is any text and a question mark one character") {
  const Registered a({"zz/abc", &body, "", false});
  const Registered b({"zz/abbc", &body, "", false});
  CHECK(matching("zz/a?c") == std::vector<std::string>{"zz/abc"});
  CHECK(matching("zz/a*c") == std::vector<std::string>{"zz/abbc", "zz/abc"});
  CHECK(matching("*/ab*bc*") == std::vector<std::string>{"zz/abbc"});
  CHECK(matching("zz/abc?").empty());
  CHECK(matching("").empty());
}

TEST_CASE("scenario: a name twice is a clash and the first one keeps it") {
  const auto other = [](Sim&) {};
  {
    const Registered first({"zz/a", &body, "", false});
    register_scenario({"zz/a", other, "", false});
    CHECK(scenario_clashes() == std::vector<std::string>{"zz/a"});
    CHECK((find_scenario("zz/a")->body == &body));
  }
  CHECK(scenario_clashes().empty());
}
