#include <reprise/sim/strategy/profile.h>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace reprise;

TEST_CASE("profile: each built-in name gives a profile of that name") {
  CHECK(built_in_profiles().size() == 3);
  for (const std::string_view name : built_in_profiles()) {
    const auto profile = built_in_profile(name);
    REQUIRE(profile.has_value());
    CHECK(profile->name == name);
  }
  CHECK_FALSE(built_in_profile("stormy").has_value());
  CHECK_FALSE(built_in_profile("").has_value());
}

TEST_CASE("profile: calm injects nothing") {
  const Profile profile = built_in_profile("calm").value();
  for (const Rate rate : profile.rates) CHECK(rate.never());
}

TEST_CASE("profile: default and chaos do a little and a lot of every kind") {
  const Profile some = built_in_profile("default").value();
  const Profile much = built_in_profile("chaos").value();
  for (const DecisionKindRow& row : decision_kinds) {
    CAPTURE(row.text);
    const Rate a = some.rate(row.kind);
    const Rate b = much.rate(row.kind);
    CHECK_FALSE(a.never());
    CHECK(a.numerator <= a.denominator);
    CHECK(b.numerator <= b.denominator);
    CHECK(std::uint64_t{a.numerator} * b.denominator <= std::uint64_t{b.numerator} * a.denominator);
  }
  CHECK(much.rate(DecisionKind::error) == Rate{200, 1000});
  CHECK(some.rate(DecisionKind::error) == Rate{20, 1000});
}
