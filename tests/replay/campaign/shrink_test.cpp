#include <reprise/replay/campaign/shrink.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace reprise;

namespace {

std::uint32_t value_of(const Plan& plan, std::string_view identity) {
  for (const PlannedDecision& decision : plan.decisions) {
    if (decision.identity == identity) return decision.value;
  }
  return 0;
}

// Whether `first` stands before `second` in the plan's order.
bool orders(const Plan& plan, std::string_view first, std::string_view second) {
  const auto a = std::ranges::find(plan.order, first);
  const auto b = std::ranges::find(plan.order, second);
  return a < b && b != plan.order.end();
}

// A recording of a run: 48 decisions and 40 events, as random runs have them.
Plan recording() {
  Plan plan;
  plan.base = Base::lazy;
  for (int i = 1; i <= 48; ++i) {
    plan.decisions.push_back({"client/read(db)#" + std::to_string(i) + "/error", 5});
  }
  for (int i = 1; i <= 40; ++i) {
    plan.order.push_back("client/read(db)#" + std::to_string(i) + "/delivery");
  }
  return plan;
}

// Shrinks the recording as long as `shows` holds; counts that no more than `runs_max` runs were
// made.
template <class Shows>
Plan shrunk(const Shows& shows, std::uint32_t runs_max) {
  REQUIRE(shows(recording()));
  const Shrunk result = shrink(recording(), "bug", [&](const Plan& plan) {
    return shows(plan) ? std::string("bug") : std::string();
  });
  CHECK(result.runs <= runs_max);
  return result.plan;
}

constexpr std::string_view third = "client/read(db)#3/error";
constexpr std::string_view thirtieth = "client/read(db)#30/error";

}  // namespace

TEST_CASE("shrink: what needs one decision keeps that one with its lowest value") {
  const Plan plan = shrunk([](const Plan& of) { return value_of(of, thirtieth) >= 1; }, 60);
  CHECK(plan == Plan{Base::lazy, {{std::string(thirtieth), 1}}, {}});
}

TEST_CASE("shrink: two decisions far from each other are both kept and nothing else is") {
  const Plan plan = shrunk(
      [](const Plan& of) { return value_of(of, third) >= 1 && value_of(of, thirtieth) >= 3; }, 130);
  CHECK(plan == Plan{Base::lazy, {{std::string(third), 1}, {std::string(thirtieth), 3}}, {}});
}

TEST_CASE("shrink: three events in an order are all that is left of forty") {
  const std::string a = "client/read(db)#7/delivery";
  const std::string b = "client/read(db)#20/delivery";
  const std::string c = "client/read(db)#33/delivery";
  const Plan plan =
      shrunk([&](const Plan& of) { return orders(of, a, b) && orders(of, b, c); }, 200);
  CHECK(plan == Plan{Base::lazy, {}, {a, b, c}});
}

TEST_CASE("shrink: what needs nothing becomes the calm plan") {
  CHECK(shrunk([](const Plan&) { return true; }, 10) == Plan{Base::lazy, {}, {}});
}

TEST_CASE("shrink: flights of one base are left out where the other base needs none") {
  Plan plan;
  plan.base = Base::sync;
  for (int i = 1; i <= 5; ++i) {
    plan.decisions.push_back({"client/read(db)#" + std::to_string(i) + "/flight", 1});
  }
  const Shrunk result = shrink(plan, "bug", [](const Plan& of) {
    return of.base == Base::lazy || of.decisions.size() == 5 ? std::string("bug") : std::string();
  });
  CHECK(result.plan == Plan{Base::lazy, {}, {}});
}

TEST_CASE("shrink: another finding is no success and the plan stays") {
  const Shrunk result = shrink(recording(), "bug", [](const Plan& of) {
    return of == recording() ? std::string("bug") : std::string("another bug");
  });
  CHECK(result.plan == recording());
}

TEST_CASE("shrink: it ends after as many runs as it may make with the best plan so far") {
  std::uint32_t runs = 0;
  const Shrunk result =
      shrink(recording(), "bug",
             [&](const Plan& of) {
               ++runs;
               return value_of(of, third) >= 1 ? std::string("bug") : std::string();
             },
             {.runs_max = 7});
  CHECK(runs == 7);
  CHECK(result.runs == 7);
  CHECK(value_of(result.plan, third) >= 1);
  CHECK(distance(result.plan) < distance(recording()));
}
