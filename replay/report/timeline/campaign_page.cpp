// The page of a campaign: what was run, found, reached and covered, as tables, which are all there
// without a script. A finding whose timeline lies beside its trace has a link to it.
#include <fmt/format.h>
#include <reprise/core/internal/open.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/report/timeline/page.h>
#include <reprise/replay/text/markup.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/build_info.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

namespace fs = std::filesystem;

// Together less than timeline_page_bytes_max.
constexpr std::size_t table_bytes_max = 150'000;          // of each of the seven tables
constexpr std::size_t findings_told_bytes_max = 400'000;  // of those with places and commands
constexpr std::size_t findings_told_max = 50;
constexpr std::size_t list_bytes_max = 50'000;

// The timeline beside a finding's trace, as a link from the page; nothing if it is not there.
std::optional<std::string> timeline_link(const FindingRow& row, const ReportOptions& options) {
  if (row.trace_path.empty()) return std::nullopt;
  const fs::path path = fs::path(row.trace_path).replace_extension(".html");
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const fs::path folder = options.folder.empty() ? fs::path(".") : fs::path(options.folder);
  const fs::path link = fs::proximate(path, folder, error);
  return uri_of_path((error || link.empty() ? fs::absolute(path) : link).string());
}

// A table whose cells are markup. What is too much for it is counted.
class CampaignTable {
 public:
  CampaignTable(std::string_view id, std::vector<std::string_view> heads) {
    out_ = fmt::format("<table id=\"{}\">\n<thead><tr>", id);
    for (const std::string_view head : heads) {
      out_ += fmt::format("<th scope=\"col\">{}</th>", head);
    }
    out_ += "</tr></thead>\n<tbody>\n";
  }

  void row(const std::vector<std::string>& cells) {
    std::string row = "<tr>";
    for (const std::string& cell : cells) row += fmt::format("<td>{}</td>", cell);
    row += "</tr>\n";
    if (left_out_ > 0 || out_.size() + row.size() > table_bytes_max) {
      ++left_out_;
    } else {
      out_ += row;
    }
  }

  std::string text() && {
    out_ += "</tbody>\n</table>\n";
    if (left_out_ > 0) out_ += fmt::format("<p class=\"note\">... {} more</p>\n", left_out_);
    return std::move(out_);
  }

 private:
  std::string out_;
  std::size_t left_out_ = 0;
};

std::string good_or_bad(bool is_good, std::string_view text) {
  return fmt::format("<span class=\"{}\">{}</span>", is_good ? "good" : "bad", text);
}

std::string plans_cell(const Coverage::Plans& plans) {
  return plans.total == 0 ? "" : fmt::format("{} of {}", plans.run, plans.total);
}

class CampaignPage {
 public:
  CampaignPage(const CampaignReport& report, const ReportOptions& options)
      : report_(report), options_(options) {}

  std::string title() const { return fmt::format("{}: {}", report_.command, result_in_words()); }

  std::string summary() {
    add("<h1>{}: {}</h1>\n<dl class=\"facts\">\n", html_text(report_.command),
        good_or_bad(report_.findings.empty() && report_.incomplete.empty(), result_in_words()));
    if (report_.seed) fact("seed", fmt::format("0x{:x}", *report_.seed));
    if (report_.shard) {
      fact("shard", fmt::format("{} of {}", report_.shard->index + 1, report_.shard->of));
    }
    const std::uint64_t failed = failed_of(report_);
    fact("runs", fmt::format("{} passed, {} failed", runs_of(report_) - failed, failed));
    fact("stopped", report_.stopped);
    fact("took",
         fmt::format("{}.{:03} s", report_.milliseconds / 1000, report_.milliseconds % 1000));
    fact("build", build_text());
    add("</dl>\n");
    list(report_.incomplete, "<p class=\"window\">incomplete: ", "</p>");
    return std::exchange(out_, {});
  }

  std::string sections() {
    findings();
    scenarios();
    goals();
    coverage();
    notes();
    remarks();
    return std::exchange(out_, {});
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  void fact(std::string_view name, std::string_view value) {
    if (!value.empty()) add("<dt>{}</dt><dd>{}</dd>\n", name, html_text(value));
  }

  // A line for each sentence, as far as there is room.
  void list(const std::vector<std::string>& sentences, std::string_view opening,
            std::string_view closing) {
    std::size_t room = list_bytes_max;
    for (const std::string& sentence : sentences) {
      const std::string text = html_text(sentence);
      const bool has_room = text.size() < room;
      add("{}{}{}\n", opening, has_room ? text : "... and more", closing);
      if (!has_room) return;
      room -= text.size();
    }
  }

  std::string result_in_words() const {
    const std::string scenarios = counted(report_.scenarios.size(), "scenario");
    if (!report_.findings.empty()) {
      return fmt::format("{} in {}", counted(report_.findings.size(), "finding"), scenarios);
    }
    return fmt::format("{}no finding in {}", report_.incomplete.empty() ? "" : "incomplete, ",
                       scenarios);
  }

  void findings() {
    if (report_.findings.empty()) return;
    add("<h2>Findings</h2>\n");
    CampaignTable table("findings", {"check", "scenario", "what went wrong", "runs", "timeline"});
    // The first rows have details below the table.
    std::vector<std::string> told;
    std::size_t bytes = 0;
    for (const FindingRow& row : report_.findings) {
      if (told.size() == findings_told_max) break;
      told.push_back(finding(row, told.size() + 1));
      bytes += told.back().size();
      if (bytes <= findings_told_bytes_max) continue;
      told.pop_back();
      break;
    }
    std::size_t number = 0;
    for (const FindingRow& row : report_.findings) {
      ++number;
      const std::string check = html_text(row.check);
      const std::optional<std::string> link = timeline_link(row, options_);
      table.row(
          {number <= told.size() ? fmt::format("<a href=\"#f{}\">{}</a>", number, check) : check,
           html_text(row.scenario), html_text(row.message), fmt::to_string(row.count),
           link ? fmt::format("<a href=\"{}\">timeline</a>", html_text(*link)) : ""});
    }
    out_ += std::move(table).text();
    for (const std::string& text : told) out_ += text;
  }

  std::string finding(const FindingRow& row, std::size_t number) {
    std::string before = std::exchange(out_, {});
    add("<h3 id=\"f{}\"><span class=\"check\">error[{}]</span> {}</h3>\n", number,
        html_text(row.check), html_text(row.message));
    add("<ul class=\"evidence\">\n<li>scenario {}</li>\n", html_text(row.scenario));
    for (const std::string& line : row.evidence) add("<li>{}</li>\n", html_text(line));
    if (!row.expected.empty()) add("<li><b>expected:</b> {}</li>\n", html_text(row.expected));
    add("</ul>\n");
    if (!row.help.empty()) {
      add("<p class=\"help\"><b>help:</b> {}</p>\n", html_text(row.help));
    }
    if (!row.places.empty()) {
      const std::string source = source_excerpts(row.places, TerminalStyle(false));
      add("<pre class=\"source\">{}</pre>\n", html_lines(source));
    }
    add("<dl class=\"commands\">\n");
    for (const auto& [label, command] : commands_of(row, options_)) {
      add("<dt>{}</dt><dd><code>{}</code></dd>\n", label, html_text(command));
    }
    if (!row.trace_path.empty()) {
      add("<dt>Draw</dt><dd><code>{}</code></dd>\n",
          html_text(draw_line(options_, row.trace_path)));
    }
    add("</dl>\n");
    return std::exchange(out_, std::move(before));
  }

  void scenarios() {
    add("<h2>Scenarios</h2>\n");
    CampaignTable table("scenarios",
                        {"scenario", "result", "runs", "failed", "events", "power losses", "time"});
    for (const ScenarioRow& row : report_.scenarios) {
      const bool is_found = std::ranges::find(report_.findings, row.name, &FindingRow::scenario) !=
                            report_.findings.end();
      table.row({html_text(row.name),
                 row.error.empty() ? good_or_bad(!is_found, is_found ? "finding" : "clean")
                                   : good_or_bad(false, html_text("error: " + row.error)),
                 fmt::to_string(row.runs), fmt::to_string(row.failed), fmt::to_string(row.events),
                 row.power_losses == 0 ? "" : fmt::to_string(row.power_losses),
                 fmt::format("{} ms", row.milliseconds)});
    }
    for (const std::string& name : report_.not_run) table.row({html_text(name), "not run"});
    out_ += std::move(table).text();
  }

  void goals() {
    if (report_.goals.empty()) return;
    const auto missed = std::ranges::count(report_.goals, false, &GoalRow::reached);
    add("<h2>Goals</h2>\n<p>{} of {} were reached.</p>\n",
        report_.goals.size() - static_cast<std::size_t>(missed),
        counted(report_.goals.size(), "goal"));
    CampaignTable table("goals", {"scenario", "goal", "result"});
    for (const bool reached : {false, true}) {
      for (const GoalRow& goal : report_.goals) {
        if (goal.reached != reached) continue;
        table.row({html_text(goal.scenario), html_text(goal.name),
                   good_or_bad(reached, reached ? "reached" : "never reached")});
      }
    }
    out_ += std::move(table).text();
  }

  void coverage() {
    if (report_.certificates.empty()) return;
    add("<h2>Coverage</h2>\n");
    CampaignTable table("coverage", {"scenario", "result", "places", "plans at distance 1",
                                     "at distance 2", "power losses", "await sites"});
    for (const Coverage& one : report_.certificates) {
      table.row({html_text(one.scenario),
                 good_or_bad(one.is_complete(), one.is_complete() ? "complete" : "cut short"),
                 fmt::to_string(one.points.size()), plans_cell(one.singles), plans_cell(one.pairs),
                 plans_cell(one.power_losses), fmt::to_string(one.reached.size())});
    }
    out_ += std::move(table).text();
    if (report_.not_reached.empty()) return;
    add("<h3>Await sites that no run came to</h3>\n");
    CampaignTable sites("not-reached", {"file", "function", "await"});
    for (const SiteLocation& site : report_.not_reached) {
      sites.row({html_text(site.line > 0 ? fmt::format("{}:{}", site.file, site.line) : site.file),
                 html_text(site.function), html_text(site.expression)});
    }
    out_ += std::move(sites).text();
  }

  void notes() {
    if (report_.notes.empty()) return;
    add("<h2>Notes</h2>\n<p>They fail nothing.</p>\n");
    CampaignTable table("notes", {"check", "scenario", "what was seen", "runs"});
    for (const NoteRow& row : report_.notes) {
      table.row({html_text(row.note.check), html_text(row.scenario), html_text(row.note.message),
                 fmt::to_string(row.count)});
    }
    out_ += std::move(table).text();
  }

  void remarks() {
    if (report_.remarks.empty()) return;
    add("<h2>Remarks</h2>\n<ul>\n");
    list(report_.remarks, "<li>", "</li>");
    add("</ul>\n");
  }

  const CampaignReport& report_;
  const ReportOptions& options_;
  std::string out_;
};

std::string campaign_page(const CampaignReport& report, const ReportOptions& options) {
  CampaignPage page(report, options);
  const std::array<PageText, 3> texts{{
      {"<!--title-->", html_text(page.title())},
      {"<!--summary-->", page.summary()},
      {"<!--sections-->", page.sections()},
  }};
  return filled_page("campaign.html", texts);
}

}  // namespace

const ReportFormat html_format{
    .name = "html",
    .help = "Also writes a page about the campaign to this file, and a timeline beside each trace",
    .write = campaign_page,
    .target = ReportTarget::file,
};

}  // namespace reprise
