#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <utility>

namespace reprise {

std::string to_text(const FindingRow& row, const ReportOptions& options) {
  const Finding finding = finding_of(row);
  ReportPage page(options.color);
  page.finding_head("error", TextStyle::error, finding);
  std::string line = "  scenario " + escaped(row.scenario);
  if (row.seed.has_value()) line += fmt::format("   seed 0x{:x}", *row.seed);
  if (row.count > 1) line += fmt::format("   seen in {}", counted(row.count, "run"));
  page.line(line);
  page.gap();
  page.finding_body(finding);
  if (!finding.help.empty()) {
    page.gap();
    page.hanging("  help: ", finding.help);
  }
  page.gap();
  for (const auto& [label, command] : commands_of(row, options)) {
    page.line(fmt::format("  {:<8} {}", label, command));
  }
  return std::move(page).text();
}

}  // namespace reprise
