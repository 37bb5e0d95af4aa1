// Reports that a command writes beside what it prints: --junit FILE, --github.
#pragma once

#include <reprise/replay/cli/options.h>

#include <string>

namespace reprise {

/// Writes each report file as that of a campaign that has not ended, so that a path that cannot be
/// written to shows before the work begins, and a file of an earlier campaign is never taken for
/// this one's. Files that are no regular ones (pipes, devices) are left for write_reports(). A
/// sentence about the first file that cannot be written; empty if all is well.
std::string prepare_reports(const CommandOptions& options);

/// Writes the reports, and appends to the pages of CI jobs; `told` is for the commands in them. A
/// sentence about the first one that cannot be written; empty if all is well.
std::string write_reports(const CommandOptions& options, const CampaignReport& report,
                          const ReportOptions& told);

}  // namespace reprise
