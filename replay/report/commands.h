// The commands that a report prints, to be copied into a shell, with all options that make the same
// run again.
#pragma once

#include <reprise/replay/report/report.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// `reprise replay TRACE`, with `--break-at EVENT` if it is not 0.
std::string replay_line(const ReportOptions& options, std::string_view trace_path,
                        std::uint64_t break_at = 0);

/// `reprise COMMAND TRACE`, for shrink and promote.
std::string trace_line(const ReportOptions& options, std::string_view command,
                       std::string_view trace_path);

/// `reprise show TRACE --html FILE`, with the file beside the trace.
std::string draw_line(const ReportOptions& options, std::string_view trace_path);

/// `reprise list`, with the files of the scenarios, if there are any.
std::string list_line(const ReportOptions& options);

/// `reprise run SCENARIO --seed 0x5eed`
std::string run_line(const ReportOptions& options, std::string_view scenario, std::uint64_t seed,
                     const Options& settings);

/// `reprise COMMAND SCENARIO --seed 0x5eed`, or without a seed for a sweep.
std::string campaign_line(const ReportOptions& options, std::string_view command,
                          std::string_view scenario, std::optional<std::uint64_t> seed,
                          const Options& settings);

struct LabelledCommand {
  std::string_view label;  // "Replay"
  std::string command;
};
/// The commands to go on with from a finding: to replay its trace if there is one, to make the run
/// again if its seed is known, and to explain its check.
std::vector<LabelledCommand> commands_of(const FindingRow& row, const ReportOptions& options);

}  // namespace reprise
