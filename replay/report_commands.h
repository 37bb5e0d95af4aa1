// The commands that a report prints, to be copied into a shell: with all that makes the same run
// again.
#pragma once

#include <reprise/replay/report.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// `reprise replay FILE`
std::string replay_line(const ReportOptions& options, std::string_view trace_path);

/// `reprise run SCENARIO --seed 0x5eed`
std::string run_line(const ReportOptions& options, std::string_view scenario, std::uint64_t seed,
                     const Options& settings);

}  // namespace reprise
