#include <reprise/sim/strategy/profile.h>

namespace reprise {

namespace {

constexpr std::array<std::string_view, 3> names = {"calm", "default", "chaos"};

Profile calm() {
  Profile profile;
  profile.name = "calm";
  return profile;
}

Profile with_rates(std::string_view name, std::uint32_t faults_per_thousand) {
  const Rate fault{faults_per_thousand, 1000};
  Profile profile;
  profile.name = name;
  for (const DecisionKindRow& row : decision_kinds) {
    profile.rate(row.kind) = row.rate.value_or(fault);
  }
  return profile;
}

}  // namespace

std::optional<Profile> built_in_profile(std::string_view name) {
  if (name == "calm") return calm();
  if (name == "default") return with_rates(name, 20);
  if (name == "chaos") return with_rates(name, 200);
  return std::nullopt;
}

std::span<const std::string_view> built_in_profiles() { return names; }

}  // namespace reprise
