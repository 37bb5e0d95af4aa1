// Formats: how the result of a campaign is written. A format is one file that defines a
// ReportFormat, and one line in formats.cpp.
#pragma once

#include <reprise/replay/report/report.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reprise {

/// Where a report goes.
enum class ReportTarget : std::uint8_t {
  output,  // to stdout, in place of the default format; every command with a result has the option
  file,    // to the file that the option names, beside what is on stdout
  runner,  // to stderr, for the program that runs a CI's jobs, beside what is on stdout
};

struct ReportFormat {
  /// The option's name: `json` stands for --json. Empty for the default format.
  std::string_view name;
  std::string_view help;
  std::string (*write)(const CampaignReport& report, const ReportOptions& options);
  ReportTarget target = ReportTarget::output;
  /// A page that is appended to the file named by the environment variable `page_variable`, if that
  /// is set.
  std::string (*write_page)(const CampaignReport& report, const ReportOptions& options) = nullptr;
  const char* page_variable = nullptr;
};

extern const ReportFormat text_format;
extern const ReportFormat json_format;
extern const ReportFormat junit_format;
extern const ReportFormat github_format;
extern const ReportFormat sarif_format;
/// A campaign's page, --html. It is not among report_formats(): for the commands that take traces,
/// --html is a run's timeline.
extern const ReportFormat html_format;

/// The others, the default first, then in the order of the help.
std::span<const ReportFormat* const> report_formats();

}  // namespace reprise
