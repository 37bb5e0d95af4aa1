// Profiles from JSON files. A file says how a profile differs from a base profile:
//
//   {"name": "flaky", "rates": {"error": "1/50", "short": "1/4"}, "latency_bits": 20}
#pragma once

#include <reprise/replay/text/expected.h>
#include <reprise/sim/strategy/profile.h>

#include <string>
#include <string_view>

namespace reprise {

/// Rates have the names of the kinds of decisions (`yield`, `error`, `short` ...) and lie between
/// "0/1" and "1/1". `workload` has no rate, because such choices are always uniform. Every field is
/// optional.
Expected<Profile> parse_profile(std::string_view text, const Profile& base);

/// Reads a profile from a file. The error sentence names the path.
Expected<Profile> read_profile(const std::string& path, const Profile& base);

}  // namespace reprise
