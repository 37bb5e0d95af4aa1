// Profiles from JSON files. A file says what differs from a base profile:
//
//   {"name": "flaky", "rates": {"error": "1/50", "short": "1/4"}, "latency_bits": 20}
#pragma once

#include <reprise/replay/text/expected.h>
#include <reprise/sim/strategy/profile.h>

#include <string>
#include <string_view>

namespace reprise {

/// Rates are named as kinds of decisions are (`yield`, `error`, `short` ...) and lie between "0/1"
/// and "1/1". `workload` has none: such choices are always uniform. Every field is optional.
Expected<Profile> parse_profile(std::string_view text, const Profile& base);

/// The sentence names the path.
Expected<Profile> read_profile(const std::string& path, const Profile& base);

}  // namespace reprise
