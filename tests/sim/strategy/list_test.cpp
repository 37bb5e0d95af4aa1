#include <reprise/sim/strategy/list.h>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace reprise;

TEST_CASE("strategy list: each has a name of its own and a base or a factory") {
  std::set<std::string_view> names;
  for (const NamedStrategy& strategy : named_strategies()) {
    CAPTURE(strategy.name);
    CHECK(names.insert(strategy.name).second);
    CHECK(find_strategy(strategy.name) == &strategy);
    CHECK(strategy.base.has_value() != (strategy.make != nullptr));
    CHECK_FALSE((strategy.is_in_portfolio && strategy.base.has_value()));
  }
  CHECK(find_strategy("portfolio") == nullptr);
  CHECK(find_strategy("") == nullptr);
}

TEST_CASE("strategy list: the portfolio begins with uniform and latencies") {
  // Which seed goes to which of them is a part of every random run.
  const auto all = named_strategies();
  REQUIRE(all.size() >= 2);
  CHECK(all[0].name == "uniform");
  CHECK(all[1].name == "latencies");
  CHECK(all[0].is_in_portfolio);
  CHECK(all[1].is_in_portfolio);
}
