// Profile: how often a random run does what. `calm` injects nothing, `default` a little of
// everything, `chaos` a lot; others come from a JSON file.
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
  /// By the key of a kind of decision: the probability that a decision of this kind is not calm.
  /// Those of `flight` say "completes at submit", whatever the base. Workload choices are always
  /// uniform.
  std::array<Rate, kind_key_end> rates{};
  /// Latencies are log-uniform in [0, 2^latency_bits) ns.
  std::uint32_t latency_bits = 24;

  Rate& rate(IdentityKind kind) { return rates[kind.key()]; }
  Rate rate(IdentityKind kind) const { return rates[kind.key()]; }

  friend bool operator==(const Profile&, const Profile&) = default;
};

/// `calm`, `default` or `chaos`.
std::optional<Profile> built_in_profile(std::string_view name);
/// The names of the built-in profiles.
std::span<const std::string_view> built_in_profiles();

}  // namespace reprise
