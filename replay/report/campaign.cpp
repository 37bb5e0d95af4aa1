#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

namespace {

constexpr std::size_t rows_max = 30;  // of scenarios without a finding
constexpr std::size_t goals_max = 20;
constexpr std::size_t sites_max = 20;

class CampaignPage {
 public:
  CampaignPage(const CampaignReport& report, const ReportOptions& options)
      : report_(report), options_(options), page_(options.color) {}

  std::string text() && {
    heading();
    scenarios();
    findings();
    notes();
    goals();
    certificates();
    not_reached();
    ending();
    return std::move(page_).text();
  }

 private:
  void heading() {
    std::string line = fmt::format(
        "{}: {}, {}, {}", report_.command, counted(report_.scenarios.size(), "scenario"),
        counted(runs_of(report_), "run"), shown_time(report_.milliseconds * 1'000'000));
    if (report_.milliseconds > 0) {
      line += fmt::format(" ({} a second)",
                          counted(runs_of(report_) * 1000 / report_.milliseconds, "run"));
    }
    if (report_.seed.has_value()) line += fmt::format(", seed 0x{:x}", *report_.seed);
    if (report_.shard) {
      line += fmt::format(", shard {} of {}", report_.shard->index + 1, report_.shard->of);
    }
    page_.line(line);
  }

  void scenarios() {
    if (report_.scenarios.empty()) return;
    std::size_t width = std::string_view("scenario").size();
    for (const ScenarioRow& row : report_.scenarios) {
      width = std::max(width, columns_of(escaped(row.name)));
    }
    page_.gap();
    page_.line(fmt::format("  {:<{}}  {:>10}  {:>8}  {:>12}  {:>8}", "scenario", width, "runs",
                           "failed", "events", "time"));
    std::size_t left_out = 0;
    std::size_t shown = 0;
    for (const ScenarioRow& row : report_.scenarios) {
      if (!options_.verbose && row.failed == 0 && shown == rows_max) {
        ++left_out;
        continue;
      }
      if (row.failed == 0) ++shown;
      const std::string name = escaped(row.name);
      const std::string failed = fmt::format("{:>8}", row.failed);
      page_.line(fmt::format("  {}{:{}}  {:>10}  {}  {:>12}  {:>8}", name, "",
                             width - columns_of(name), row.runs,
                             row.failed == 0 ? failed : page_.paint(TextStyle::error, failed),
                             row.events, shown_time(row.milliseconds * 1'000'000)));
    }
    if (left_out > 0) page_.line(fmt::format("  ... {} more, all without a finding", left_out));
    power_losses();
  }

  void power_losses() {
    std::uint64_t count = 0;
    for (const ScenarioRow& row : report_.scenarios) count += row.power_losses;
    if (count > 0) page_.line(fmt::format("  the power was lost {}", counted(count, "time")));
  }

  void findings() {
    if (options_.findings_are_told && !report_.findings.empty()) page_.gap();
    for (const FindingRow& row : report_.findings) {
      if (options_.findings_are_told) {
        finding_line(row);
        continue;
      }
      page_.gap();
      const std::string code = fmt::format("error[{}]:", escaped(row.check));
      page_.line(fmt::format("{} {}", page_.paint(TextStyle::error, code), escaped(row.message)));
      page_.line(fmt::format("  in {}, {}", escaped(row.scenario), counted(row.count, "run")));
      if (!row.trace_path.empty()) {
        page_.line("  " + replay_line(options_, row.trace_path));
      } else if (row.seed.has_value()) {
        page_.line("  " + run_line(options_, row.scenario, *row.seed, row.options));
      }
    }
  }

  void finding_line(const FindingRow& row) {
    const std::string code = fmt::format("error[{}]", escaped(row.check));
    const std::string where = row.trace_path.empty() ? "" : ": " + escaped(row.trace_path);
    page_.line(fmt::format("  {} in {}, {}, told above{}", page_.paint(TextStyle::error, code),
                           escaped(row.scenario), counted(row.count, "run"), where));
  }

  void notes() {
    for (const NoteRow& row : report_.notes) {
      page_.gap();
      ReportOptions as_error = options_;
      as_error.check_arguments.insert(as_error.check_arguments.end(), {"--error", row.note.check});
      page_.block(to_text(
          row, campaign_line(as_error, report_.command, row.scenario, row.seed, row.options),
          options_));
    }
  }

  void goals() {
    const auto missed = std::count_if(report_.goals.begin(), report_.goals.end(),
                                      [](const GoalRow& goal) { return !goal.reached; });
    if (missed == 0) return;
    page_.gap();
    page_.line(
        fmt::format("  {} ({} of {}):", page_.paint(TextStyle::warning, "goals never reached"),
                    missed, counted(report_.goals.size(), "goal")));
    std::size_t shown = 0;
    for (const GoalRow& goal : report_.goals) {
      if (goal.reached) continue;
      if (!options_.verbose && shown == goals_max) {
        page_.line(fmt::format("    ... {} more", static_cast<std::size_t>(missed) - shown));
        break;
      }
      page_.line(fmt::format("    {}: {}", escaped(goal.scenario), escaped(goal.name)));
      ++shown;
    }
    page_.line("    (sim.sometimes() and sim.reached() name goals: some run should get there)");
  }

  void certificates() {
    if (report_.certificates.empty()) return;
    page_.gap();
    page_.line("  certificates:");
    for (const Coverage& certificate : report_.certificates) {
      page_.line("    " + escaped(to_text(certificate)));
    }
  }

  void not_reached() {
    if (report_.not_reached.empty()) return;
    page_.gap();
    page_.line(fmt::format(
        "  {} ({}):", page_.paint(TextStyle::warning, "await sites that no run reached"),
        report_.not_reached.size()));
    std::size_t shown = 0;
    for (const SiteLocation& site : report_.not_reached) {
      if (!options_.verbose && shown++ == sites_max) {
        page_.line(fmt::format("    ... {} more", report_.not_reached.size() - sites_max));
        break;
      }
      page_.line(escaped(fmt::format("    {}:{} `{}` in {}", site.file, site.line, site.expression,
                                     site.function)));
    }
  }

  void ending() {
    page_.gap();
    for (const std::string& sentence : report_.incomplete) {
      page_.line(fmt::format("  {} {}", page_.paint(TextStyle::warning, "incomplete:"),
                             escaped(sentence)));
    }
    for (const std::string& sentence : report_.remarks) {
      page_.hanging("  note: ", escaped(sentence));
    }
    for (const ScenarioRow& row : report_.scenarios) {
      if (!report_.shard || !row.random_until) continue;
      page_.hanging("  note: ", escaped(fmt::format(
                                    "{}: every random run of this shard below number {} was made",
                                    row.name, *row.random_until)));
    }
    if (!report_.stopped.empty()) {
      page_.line(fmt::format("  stopped because: {}", escaped(report_.stopped)));
    }
    page_.gap();
    const std::uint64_t failed = failed_of(report_);
    page_.line(page_.paint(failed == 0 ? TextStyle::good : TextStyle::error,
                           fmt::format("{} passed, {} failed", runs_of(report_) - failed, failed)));
  }

  const CampaignReport& report_;
  const ReportOptions& options_;
  ReportPage page_;
};

}  // namespace

std::string to_text(const CampaignReport& report, const ReportOptions& options) {
  return CampaignPage(report, options).text();
}

const ReportFormat text_format{.name = "", .help = "", .write = to_text};

}  // namespace reprise
