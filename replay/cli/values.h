// The values of options: each function turns the user's text into a value or an error sentence.
#pragma once

#include <reprise/replay/campaign/portfolio.h>
#include <reprise/replay/text/expected.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/strategy/profile.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

/// `250ms`, `30s`, `5m`, `2h`: milliseconds, more than 0.
Expected<std::uint64_t> parse_duration(std::string_view option, std::string_view text);
/// `500M`, `2G`, `1024K`: bytes, more than 0.
Expected<std::uint64_t> parse_size(std::string_view option, std::string_view text);
/// A whole number from `min` to `max`, in decimal.
Expected<std::uint64_t> parse_count(std::string_view option, std::string_view text,
                                    std::uint64_t min, std::uint64_t max);
/// A seed as parse_seed() reads it, or `random`.
Expected<std::uint64_t> parse_seed_option(std::string_view text);
std::uint64_t random_seed();
/// The name of a built-in profile or of a file.
Expected<Profile> parse_profile_option(const std::string& text);
Expected<StrategyChoice> parse_strategy_option(std::string_view text);
/// `name=value`; the value a whole number.
Expected<std::pair<std::string, std::int64_t>> parse_parameter(std::string_view text);
/// The checks of `only` (if empty, all) except those of `without`; notes of `errors` count as
/// errors. Each text may contain several names, separated by commas.
Expected<CheckSet> parse_checks(const std::vector<std::string>& only,
                                const std::vector<std::string>& without,
                                const std::vector<std::string>& errors);
/// Whether to colour output to the file descriptor: `always`, `never`, or `auto`, which depends on
/// the environment (NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM) and on whether it is a terminal.
Expected<bool> parse_color_option(std::string_view text, int fd);
bool is_terminal(int fd);
/// The number of processors that this process may use, at least 1.
std::uint32_t processor_count();

}  // namespace reprise
