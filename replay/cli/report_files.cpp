#include <reprise/replay/cli/report_files.h>

#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
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

// Other steps of the job may have written to the file before.
std::string append_page(const char* variable, const std::string& text) {
  const char* const path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return {};
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text;
  file.close();
  if (file) return {};
  return fmt::format("{} names {}, which cannot be written: {}", variable, escaped(path),
                     errno_text(errno));
}

ReportOptions file_options(ReportOptions report, const ReportFile& file) {
  report.color = false;
  report.folder = std::filesystem::path(file.path).parent_path().string();
  if (const char* const root = std::getenv("GITHUB_WORKSPACE")) report.source_root = root;
  return report;
}

}  // namespace

std::string prepare_reports(const CommandOptions& options) {
  CampaignReport report;
  report.command = options.command->name;
  report.incomplete.emplace_back("the campaign has not ended");
  for (const ReportFile& file : options.report_files) {
    if (file.format->target != ReportTarget::file || is_stream(file.path)) continue;
    const std::string text = file.format->write(report, file_options(options.report(), file));
    if (std::optional<std::string> wrong = write_file_text(file.path, text)) return *wrong;
  }
  return {};
}

std::string write_reports(const CommandOptions& options, const CampaignReport& report,
                          const ReportOptions& told) {
  for (const ReportFile& file : options.report_files) {
    const std::string text = file.format->write(report, file_options(told, file));
    if (file.format->target == ReportTarget::runner) {
      print_to_stderr(text);
    } else if (std::optional<std::string> wrong = write_file_text(file.path, text)) {
      return *wrong;
    }
    if (file.format->write_page == nullptr) continue;
    const std::string page = file.format->write_page(report, file_options(told, file));
    if (std::string wrong = append_page(file.format->page_variable, page); !wrong.empty()) {
      return wrong;
    }
  }
  return {};
}

}  // namespace reprise
