// Seed: determines all draws of a random run. A campaign has one root seed. Each of its random runs
// has its own seed, made from the root, the scenario's name and the run's number, so that any run
// can be made again alone, and so that runs can be shared out among processes and machines.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reprise {

/// Reads decimal digits, `0x` and hexadecimal digits, or a commit hash of 40 hexadecimal digits (of
/// which the first 64 bits count). Nothing if `text` is none of these, or does not fit into 64
/// bits.
std::optional<std::uint64_t> parse_seed(std::string_view text);

/// The seed of a campaign's random run `number`, counted from 0:
/// `mix(mix(root, hash_of_name(scenario)), number)`. This never changes: seeds in bug reports
/// depend on it.
std::uint64_t case_seed(std::uint64_t root, std::string_view scenario, std::uint64_t number);

}  // namespace reprise
