#include <reprise/replay/cli/report_files.h>

#include <reprise/replay/cli/command.h>
#include <reprise/replay/text/file.h>

#include <filesystem>
#include <optional>
#include <system_error>

namespace reprise {

namespace {

// Everything that can be written but once.
bool is_stream(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

ReportOptions file_options(const CommandOptions& options) {
  ReportOptions report = options.report();
  report.color = false;
  return report;
}

}  // namespace

std::string prepare_reports(const CommandOptions& options) {
  CampaignReport report;
  report.command = options.command->name;
  report.incomplete.emplace_back("the campaign has not ended");
  for (const ReportFile& file : options.report_files) {
    if (is_stream(file.path)) continue;
    const std::string text = file.format->write(report, file_options(options));
    if (std::optional<std::string> wrong = write_file_text(file.path, text)) return *wrong;
  }
  return {};
}

std::string write_reports(const CommandOptions& options, const CampaignReport& report) {
  for (const ReportFile& file : options.report_files) {
    const std::string text = file.format->write(report, file_options(options));
    if (std::optional<std::string> wrong = write_file_text(file.path, text)) return *wrong;
  }
  return {};
}

}  // namespace reprise
