#include <reprise/replay/report/timeline/page.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <reprise/core/assert.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/report/timeline/timeline.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>
#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::size_t listed_max = 200;   // of the plan's decisions, and of its order
constexpr std::size_t sources_max = 200;  // places that are shown with the lines around them
constexpr std::size_t sources_bytes_max = 200'000;

std::string window_sentence(const Timeline& timeline) {
  if (timeline.moments.empty()) {
    return "<p class=\"window\">The events of this run are not known: it ended its process, or is "
           "very long.</p>\n";
  }
  if (timeline.events_before == 0) return "";
  return fmt::format(
      "<p class=\"window\">The run has {} events. These are the last {}, up to the failure; the "
      "first {} are left out.</p>\n",
      timeline.events_before + timeline.events.size(), timeline.events.size(),
      timeline.events_before);
}

// One row for each moment; the first of an event has the event's number, which links lead to: `#e5`
// for the letter `e`.
std::string table_rows(const Timeline& timeline, char letter) {
  std::string rows;
  std::size_t event = timeline.events.size();
  for (const TimelineMoment& moment : timeline.moments) {
    std::string opening = "<tr><td></td><td></td>";
    if (moment.event != event) {
      event = moment.event;
      const TimelineEvent& shown = timeline.events[event];
      opening = fmt::format("<tr id=\"{0}{1}\"><td>{1}</td><td>{2}</td>", letter, shown.number,
                            shown_time(shown.time_ns));
    }
    const bool is_yield = moment.what.starts_with("yields");
    const std::string& place = timeline.events[event].place;
    fmt::format_to(std::back_inserter(rows), "{}<td>{}</td><td>{}{}</td></tr>\n", opening,
                   html_text(moment.who), html_text(moment.what),
                   is_yield && !place.empty()
                       ? fmt::format(" <span class=\"place\">{}</span>", html_text(place))
                       : "");
  }
  return rows;
}

// The lines around the places of the events, by place: one JSON object.
std::string sources_as_json(const std::vector<const std::vector<LoggedEvent>*>& runs) {
  std::map<std::string, ShownLocation> places;
  for (const std::vector<LoggedEvent>* const run : runs) {
    for (const LoggedEvent& event : *run) {
      if (event.file.empty() || places.size() == sources_max) continue;
      places.try_emplace(fmt::format("{}:{}", event.file, event.line),
                         ShownLocation{.file = event.file, .line = event.line, .note = {}});
    }
  }
  JsonWriter json;
  json.begin_object();
  std::size_t bytes = 0;
  for (const auto& [place, location] : places) {
    const std::string excerpt = source_excerpts(std::span(&location, 1), TerminalStyle(false));
    bytes += excerpt.size();
    if (bytes > sources_bytes_max) break;
    json.field(place, excerpt);
  }
  return std::move(json.end()).written();
}

class PageWriter {
 public:
  PageWriter(const FindingReport& report, const ReportOptions& options)
      : report_(report), options_(options) {}

  std::string title() const {
    const Finding& finding = report_.finding;
    return finding.check.empty() ? "no finding in " + report_.trace.scenario
                                 : finding.check + " in " + report_.trace.scenario;
  }

  std::string summary() {
    heading();
    evidence();
    plan(report_.trace);
    sources();
    commands();
    return std::exchange(out_, {});
  }

  // The table of the run before it was made smaller, and its data.
  std::string original(const Timeline& timeline) {
    Trace trace = report_.trace;
    trace.plan = report_.original->plan;
    add("<section id=\"original\" aria-labelledby=\"original-title\">\n"
        "<h2 id=\"original-title\">The original run, before it was made smaller</h2>\n");
    plan(trace);
    add("{}<table id=\"original-events\">\n"
        "<thead><tr><th scope=\"col\">event</th><th scope=\"col\">time</th>"
        "<th scope=\"col\">who</th><th scope=\"col\">what</th></tr></thead>\n"
        "<tbody>\n{}</tbody>\n</table>\n</section>\n"
        "<script type=\"application/json\" id=\"original-data\">{}</script>",
        window_sentence(timeline), table_rows(timeline, 'o'), json_in_html(to_json(timeline)));
    return std::exchange(out_, {});
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  // A row of the list of facts about the run.
  void fact(std::string_view name, std::string_view value) {
    if (!value.empty()) add("<dt>{}</dt><dd>{}</dd>\n", name, html_text(value));
  }

  void heading() {
    const Finding& finding = report_.finding;
    const Trace& trace = report_.trace;
    if (finding.check.empty()) {
      add("<h1>No finding</h1>\n");
    } else {
      add("<h1><span class=\"check\">error[{}]</span> {}</h1>\n", html_text(finding.check),
          html_text(finding.message));
    }
    add("<dl class=\"facts\">\n");
    fact("scenario", trace.scenario);
    if (trace.seed) fact("seed", fmt::format("0x{:x}", *trace.seed));
    fact("strategy", trace.strategy);
    for (const auto& [name, value] : trace.options) {
      fact("option", fmt::format("{}={}", name, value));
    }
    fact("arguments", fmt::to_string(fmt::join(arguments(), " ")));
    const std::uint64_t differences = distance(trace.plan);
    if (report_.original) {
      fact("made smaller",
           fmt::format("from {} to {}", counted(distance(report_.original->plan), "difference"),
                       differences));
    }
    if (report_.count > 1) fact("seen in", counted(report_.count, "run"));
    fact("build", trace.build);
    add("</dl>\n");
  }

  // These are the arguments of the campaign that has made the run.
  std::vector<std::string> arguments() const {
    std::vector<std::string> all = options_.run_arguments;
    all.insert(all.end(), options_.check_arguments.begin(), options_.check_arguments.end());
    return all;
  }

  void evidence() {
    const Finding& finding = report_.finding;
    if (finding.evidence.empty() && finding.expected.empty()) return;
    add("<ul class=\"evidence\">\n");
    for (const std::string& line : finding.evidence) add("<li>{}</li>\n", html_text(line));
    if (!finding.expected.empty()) {
      add("<li><b>expected:</b> {}</li>\n", html_text(finding.expected));
    }
    add("</ul>\n");
    if (!finding.help.empty()) {
      add("<p class=\"help\"><b>help:</b> {}</p>\n", html_text(finding.help));
    }
  }

  void plan(const Trace& trace) {
    const Plan& plan = trace.plan;
    const std::uint64_t differences = distance(plan);
    add("<p>The run has {} from the {} world{}</p>\n",
        differences == 0 ? "no difference" : counted(differences, "difference"),
        plan.base == Base::sync ? "sync" : "lazy", differences == 0 ? "." : ":");
    if (differences == 0) return;
    add("<ul class=\"plan\">\n");
    const std::size_t decisions = std::min(plan.decisions.size(), listed_max);
    for (std::size_t i = 0; i < decisions; ++i) {
      add("<li><code>{}</code> {}</li>\n", html_text(plan.decisions[i].identity),
          html_text(meaning_of(trace, i)));
    }
    const std::size_t order = std::min(plan.order.size(), listed_max);
    for (std::size_t i = 0; i < order; ++i) {
      add("<li>{} <code>{}</code></li>\n", i == 0 ? "first" : "then", html_text(plan.order[i]));
    }
    const std::size_t more = plan.decisions.size() - decisions + plan.order.size() - order;
    if (more > 0) add("<li>... {} more</li>\n", more);
    add("</ul>\n");
  }

  void sources() {
    if (report_.finding.places.empty()) return;
    add("<h2>Source</h2>\n<pre class=\"source\">");
    out_ += html_lines(source_excerpts(report_.finding.places, TerminalStyle(false)));
    add("</pre>\n");
  }

  void command(std::string_view name, std::string_view line) {
    add("<dt>{}</dt><dd><code>{}</code></dd>\n", name, html_text(line));
  }

  void commands() {
    if (options_.program.empty() || report_.trace_path.empty()) return;
    add("<h2>Go on with</h2>\n<dl class=\"commands\">\n");
    command("replay", replay_line(options_, report_.trace_path));
    if (!report_.history.empty()) {
      command("step",
              "gdb --args " + replay_line(options_, report_.trace_path, report_.history.size()));
    }
    const Trace& trace = report_.trace;
    if (trace.seed && options_.knows_run) {
      command("again", run_line(options_, trace.scenario, *trace.seed, trace.options));
    }
    if (!report_.finding.check.empty()) {
      if (distance(trace.plan) > 1)
        command("shrink", trace_line(options_, "shrink", report_.trace_path));
      command("keep", trace_line(options_, "promote", report_.trace_path));
      command("explain", shell_argument(options_.program) + " explain " +
                             shell_argument(report_.finding.check));
    }
    add("</dl>\n");
  }

  const FindingReport& report_;
  const ReportOptions& options_;
  std::string out_;
};

}  // namespace

std::string filled_page(std::string_view name, std::span<const PageText> texts) {
  std::string_view page = embedded_text(timeline_page_files(), name);
  std::string out;
  for (const auto& [marker, text] : texts) {
    const std::size_t at = page.find(marker);
    REPRISE_ASSERT(at != std::string_view::npos, "the template lacks a marker");
    out += page.substr(0, at);
    out += text;
    page.remove_prefix(at + marker.size());
  }
  return out += page;
}

std::string html_text(std::string_view text) {
  std::string html;
  for (const char c : escaped(text)) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      default: html += c;
    }
  }
  return html;
}

std::string html_lines(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    html += html_text(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return html;
}

std::string json_in_html(std::string_view json) {
  std::string text;
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string timeline_page(const FindingReport& report, const ReportOptions& options) {
  const Timeline whole = timeline_of(report.history, report.finding);
  std::optional<Timeline> original;
  if (report.original) original = timeline_of(report.original->history, report.finding);
  PageWriter writer(report, options);
  const std::string summary = writer.summary();
  std::vector<const std::vector<LoggedEvent>*> runs = {&report.history};
  if (report.original) runs.push_back(&report.original->history);
  const std::string sources = json_in_html(sources_as_json(runs));
  const std::size_t first_max = timeline_page_bytes_max / (original ? 2 : 1);
  for (std::size_t bytes_max = first_max;; bytes_max -= bytes_max / 8) {
    const Timeline timeline = last_events(whole, timeline_events_max, bytes_max);
    std::string second;
    std::size_t moments = timeline.moments.size();
    if (original) {
      const Timeline window = last_events(*original, timeline_events_max, bytes_max);
      moments = std::max(moments, window.moments.size());
      second = writer.original(window);
    }
    const std::array<PageText, 7> texts{{
        {"<!--title-->", html_text(writer.title())},
        {"<!--summary-->", summary},
        {"<!--window-->", window_sentence(timeline)},
        {"<!--rows-->", table_rows(timeline, 'e')},
        {"<!--original-->", second},
        {"<!--sources-->", sources},
        {"<!--data-->", json_in_html(to_json(timeline))},
    }};
    std::string page = filled_page("page.html", texts);
    if (page.size() < timeline_page_bytes_max || moments <= 1) return page;
  }
}

}  // namespace reprise
