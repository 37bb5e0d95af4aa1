// What GitHub Actions shows: annotations (commands in the output of a step) and a job's summary.
#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/markup.h>
#include <reprise/replay/text/units.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace reprise {

namespace {

constexpr std::size_t annotations_max = 10;  // of a kind that GitHub shows of a step
constexpr std::size_t summary_rows_max = 30;
constexpr std::size_t summary_bytes_max = 900'000;  // GitHub drops a summary beyond 1 MiB
constexpr std::size_t page_bytes_max = 60'000;      // of one finding

// GitHub's escapes; what is not UTF-8 or controls a terminal is escaped before.
std::string replaced_for_github(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || special.find(c) != std::string_view::npos) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

// The value of a property: `file=`, `title=`.
std::string github_property(std::string_view text) {
  return replaced_for_github(escaped(text), ":,");
}

// What stands behind the second `::`; it may have several lines.
std::string github_data(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (!out.empty()) out += "%0A";
    out += replaced_for_github(escaped(line), "");
  }
  return out;
}

// One bug, which several scenarios may show at the same place.
struct DistinctFinding {
  const FindingRow* row = nullptr;
  std::vector<std::string> also_in;  // further scenarios
  std::uint64_t count = 0;           // runs
};

bool is_same_bug(const FindingRow& a, const FindingRow& b) {
  if (a.check != b.check || a.signature != b.signature) return false;
  if (a.places.empty() || b.places.empty()) return a.places.empty() == b.places.empty();
  return a.places.front().file == b.places.front().file &&
         a.places.front().line == b.places.front().line;
}

std::vector<DistinctFinding> distinct_findings(const CampaignReport& report) {
  std::vector<DistinctFinding> distinct;
  for (const FindingRow& row : report.findings) {
    const auto same = std::ranges::find_if(
        distinct, [&](const DistinctFinding& known) { return is_same_bug(*known.row, row); });
    if (same == distinct.end()) {
      distinct.push_back({&row, {}, row.count});
      continue;
    }
    same->count += row.count;
    if (row.scenario != same->row->scenario) same->also_in.push_back(row.scenario);
  }
  return distinct;
}

std::string annotation(std::string_view kind, std::string_view title,
                       const std::vector<ShownLocation>& places,
                       const std::vector<std::string>& lines, const ReportOptions& options) {
  std::string where;
  if (!places.empty()) {
    const ShownLocation& place = places.front();
    where = fmt::format("file={},", github_property(path_below(options.source_root, place.file)));
    if (place.line > 0) where += fmt::format("line={},", place.line);
  }
  return fmt::format("::{} {}title={}::{}\n", kind, where, github_property(title),
                     github_data(lines));
}

// As many as GitHub shows; the last one says how many more there are.
std::string limited(std::vector<std::string> annotations, std::string_view kind,
                    std::string_view noun) {
  if (annotations.size() > annotations_max) {
    const std::size_t shown = annotations_max - 1;
    const std::string more =
        fmt::format("{} are in the log and in the job's summary",
                    counted(annotations.size() - shown, fmt::format("more {}", noun)));
    annotations.resize(shown);
    annotations.push_back(annotation(kind, "Reprise", {}, {more}, {}));
  }
  std::string text;
  for (const std::string& each : annotations) text += each;
  return text;
}

std::vector<std::string> lines_about(const DistinctFinding& finding, const ReportOptions& options) {
  const FindingRow& row = *finding.row;
  std::string where = "scenario " + row.scenario;
  if (!finding.also_in.empty()) where += ", also in";
  for (std::size_t i = 0; i < finding.also_in.size(); ++i) {
    where += (i == 0 ? " " : ", ") + finding.also_in[i];
  }
  where += "; seen in " + counted(finding.count, "run");
  std::vector<std::string> lines = {row.message, where};
  for (const auto& [label, command] : commands_of(row, options)) {
    lines.push_back(fmt::format("{}: {}", label, command));
  }
  return lines;
}

class SummaryPage {
 public:
  SummaryPage(const CampaignReport& report, const ReportOptions& options)
      : report_(report), options_(options), findings_(distinct_findings(report)) {}

  std::string text() && {
    heading();
    scenarios();
    findings();
    notes();
    return std::move(out_);
  }

 private:
  void heading() {
    out_ += fmt::format("## Reprise {}: {}\n\n", markdown_text(report_.command),
                        findings_.empty() ? "no finding" : counted(findings_.size(), "finding"));
    const std::uint64_t failed = failed_of(report_);
    out_ += fmt::format("{} passed, {} failed", counted(runs_of(report_) - failed, "run"), failed);
    if (report_.seed.has_value()) out_ += fmt::format(", seed `0x{:x}`", *report_.seed);
    if (!report_.stopped.empty()) out_ += "; stopped because: " + markdown_text(report_.stopped);
    out_ += "\n\n";
    for (const std::string& sentence : report_.incomplete) {
      out_ += fmt::format("**Incomplete:** {}\n\n", markdown_text(sentence));
    }
  }

  void scenarios() {
    if (report_.scenarios.empty()) return;
    out_ += "| scenario | runs | failed |\n| --- | ---: | ---: |\n";
    std::size_t left_out = 0;
    std::size_t shown = 0;
    for (const ScenarioRow& row : report_.scenarios) {
      if (shown == summary_rows_max) {
        ++left_out;
        continue;
      }
      ++shown;
      out_ += fmt::format("| {} | {} | {} |\n", markdown_text(row.name), row.runs, row.failed);
    }
    if (left_out > 0) out_ += fmt::format("\n{} more\n", left_out);
    out_ += '\n';
  }

  void findings() {
    for (std::size_t i = 0; i < findings_.size(); ++i) {
      const FindingRow& row = *findings_[i].row;
      std::string page = to_text(row, options_);
      if (page.size() > page_bytes_max) page.resize(page.rfind('\n', page_bytes_max) + 1);
      std::string part = fmt::format("### {} in {}\n\n{}\n\n", markdown_text(row.check),
                                     markdown_text(row.scenario), markdown_text(row.message));
      for (const std::string& other : findings_[i].also_in) {
        part += fmt::format("Also in {}.\n\n", markdown_text(other));
      }
      part += markdown_block(page) + '\n';
      if (out_.size() + part.size() > summary_bytes_max) {
        out_ += fmt::format("{} in the log.\n\n", counted(findings_.size() - i, "more finding"));
        return;
      }
      out_ += part;
    }
  }

  void notes() {
    if (report_.notes.empty()) return;
    out_ += "### Notes\n\nThey fail nothing.\n\n";
    for (const NoteRow& row : report_.notes) {
      const std::string part = fmt::format(
          "- {} in {}: {} ({})\n", markdown_text(row.note.check), markdown_text(row.scenario),
          markdown_text(row.note.message), counted(row.count, "run"));
      if (out_.size() + part.size() > summary_bytes_max) return;
      out_ += part;
    }
    out_ += '\n';
  }

  const CampaignReport& report_;
  const ReportOptions& options_;
  std::vector<DistinctFinding> findings_;
  std::string out_;
};

}  // namespace

std::string to_github_annotations(const CampaignReport& report, const ReportOptions& options) {
  std::vector<std::string> errors;
  for (const DistinctFinding& finding : distinct_findings(report)) {
    const FindingRow& row = *finding.row;
    errors.push_back(annotation("error", fmt::format("{} in {}", row.check, row.scenario),
                                row.places, lines_about(finding, options), options));
  }
  std::vector<std::string> warnings;
  for (const std::string& sentence : report.incomplete) {
    warnings.push_back(annotation("warning", "incomplete", {}, {sentence}, options));
  }
  std::vector<std::string> notices;
  for (const NoteRow& row : report.notes) {
    notices.push_back(
        annotation("notice", fmt::format("note: {} in {}", row.note.check, row.scenario),
                   row.note.places, {row.note.message, "A note fails nothing."}, options));
  }
  return limited(std::move(errors), "error", "finding") +
         limited(std::move(warnings), "warning", "warning") +
         limited(std::move(notices), "notice", "note");
}

std::string to_github_summary(const CampaignReport& report, const ReportOptions& options) {
  return SummaryPage(report, options).text();
}

const ReportFormat github_format{
    .name = "github",
    .help = "Also writes GitHub's annotations to stderr, and the job's summary",
    .write = to_github_annotations,
    .target = ReportTarget::runner,
    .write_page = to_github_summary,
    .page_variable = "GITHUB_STEP_SUMMARY",
};

}  // namespace reprise
