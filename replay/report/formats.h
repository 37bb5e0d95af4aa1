// Formats: how the result of a campaign is written to stdout. A format is one file that defines a
// ReportFormat, and one line in formats.cpp.
#pragma once

#include <reprise/replay/report/report.h>

#include <span>
#include <string>
#include <string_view>

namespace reprise {

struct ReportFormat {
  /// The option's name: `json` stands for --json. Empty for the default format.
  std::string_view name;
  std::string_view help;
  std::string (*write)(const CampaignReport& report, const ReportOptions& options);
};

extern const ReportFormat text_format;
extern const ReportFormat json_format;

/// All of them, the default first, the others in the order of the help.
std::span<const ReportFormat* const> report_formats();

}  // namespace reprise
