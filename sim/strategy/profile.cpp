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
  profile.rate(Aspect::flight) = {1, 4};
  profile.rate(Aspect::early) = {1, 4};
  profile.rate(Aspect::yield) = {1, 8};
  profile.rate(Aspect::serial) = {1, 4};
  profile.rate(Aspect::workload) = {1, 1};
  profile.rate(Aspect::yield_before) = {1, 8};
  profile.rate(Aspect::spurious) = {1, 8};
  profile.rate(Aspect::cancel_answer) = {1, 2};
  profile.rate(Aspect::contract) = {1, 2};
  for (const Aspect aspect : {Aspect::refusal, Aspect::retry, Aspect::error, Aspect::short_io,
                              Aspect::cancel, Aspect::abandon, Aspect::breaks}) {
    profile.rate(aspect) = fault;
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
