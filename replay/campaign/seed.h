// Seed: where a random run's draws come from. A campaign has one root seed; each of its random runs
// has a seed of its own, made from the root, the scenario's name and the run's number, so that any
// of them can be run again alone, and so that runs can be shared out among processes and machines.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reprise {

/// Decimal, `0x` and hexadecimal digits, or a commit hash of 40 hexadecimal digits (its first 64
/// bits). Nothing if `text` is none of these, or does not fit into 64 bits.
std::optional<std::uint64_t> parse_seed(std::string_view text);

/// The seed of a campaign's random run `number`, counted from 0:
/// `mix(mix(root, hash_of_name(scenario)), number)`. This never changes: seeds in bug reports
/// depend on it.
std::uint64_t case_seed(std::uint64_t root, std::string_view scenario, std::uint64_t number);

}  // namespace reprise
