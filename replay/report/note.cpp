#include <fmt/format.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

namespace reprise {

std::string to_text(const NoteRow& row, std::string_view command, const ReportOptions& options) {
  ReportPage page(options.color);
  page.finding_head("note", TextStyle::warning, row.note);
  page.line(fmt::format("  in {}, {}", escaped(row.scenario), counted(row.count, "run")));
  page.gap();
  page.finding_body(row.note);
  if (!row.note.help.empty()) {
    page.gap();
    page.hanging("  help: ", row.note.help);
  }
  page.gap();
  page.line("  A note fails nothing. With this it is an error, with a trace and its smallest run:");
  page.line(fmt::format("  Error    {} --error {}", command, shell_argument(row.note.check)));
  page.line(fmt::format("  Explain  {} explain {}", shell_argument(options.program),
                        shell_argument(row.note.check)));
  return std::move(page).text();
}

}  // namespace reprise
