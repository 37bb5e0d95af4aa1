// The value of --shard, and the environments that say which part of a campaign this machine has.
#pragma once

#include <reprise/replay/campaign/cases.h>
#include <reprise/replay/text/expected.h>

#include <string_view>

namespace reprise {

/// `2/8`, the second of eight; or `auto`, which takes both numbers from the environment.
Expected<CaseShard> parse_shard_option(std::string_view text);

/// Touches the files by which GoogleTest's and Bazel's test runners learn that the program did only
/// its part, if the environment names any.
void show_sharding();

}  // namespace reprise
