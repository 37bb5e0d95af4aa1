// Profile: the rates of a random run's decisions. `calm` injects nothing, `default` a little of
// everything, `chaos` a lot; further profiles come from JSON files.
#pragma once

#include <reprise/sim/plan/decision_kind.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reprise {

struct Profile {
  std::string name = "default";
  /// Indexed by the key of a kind of decision: the probability that such a decision is not calm.
  /// The rate of `flight` is that of completing at submit, whatever the base. Workload choices are
  /// always uniform.
  std::array<Rate, kind_key_end> rates{};
  /// Latencies are log-uniform in [0, 2^latency_bits) ns.
  std::uint32_t latency_bits = 24;

  Rate& rate(IdentityKind kind) { return rates[kind.key()]; }
  Rate rate(IdentityKind kind) const { return rates[kind.key()]; }

  friend bool operator==(const Profile&, const Profile&) = default;
};

/// The profile `calm`, `default` or `chaos`; nothing for another name.
std::optional<Profile> built_in_profile(std::string_view name);
/// The names of the built-in profiles.
std::span<const std::string_view> built_in_profiles();

}  // namespace reprise
