// Real I/Os: random 4 KiB reads and writes of a real file, 32 in flight, through the back ends and
// through what they stand on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/steps.h"

namespace reprise::bench {

/// `why_no_count` says why instructions cannot be counted; empty if they can.
std::vector<Step> real_io_steps(const std::string& why_no_count);

/// Makes `count` times a thousand I/Os the way that has this name, to have them counted. False if
/// there is no such way.
bool make_real_ios(std::string_view name, std::uint64_t count);

}  // namespace reprise::bench
