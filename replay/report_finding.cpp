#include <fmt/format.h>
#include <reprise/replay/examination.h>
#include <reprise/replay/printable.h>
#include <reprise/replay/report.h>
#include <reprise/replay/report_commands.h>
#include <reprise/replay/report_page.h>
#include <reprise/replay/source_excerpt.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace reprise {

namespace {

constexpr std::size_t history_head = 10;  // lines
constexpr std::size_t history_tail = 30;  // the finding stands at the end
constexpr std::size_t decisions_max = 20;
constexpr std::size_t order_max = 20;

std::string_view described(Base base) {
  return base == Base::sync ? "sync world, where every I/O succeeds at once"
                            : "lazy world, where every I/O succeeds once nothing else can run";
}

class FindingPage {
 public:
  FindingPage(const FindingReport& report, const ReportOptions& options)
      : report_(report), options_(options), page_(options.color) {}

  std::string text() && {
    heading();
    page_.gap();
    page_.block(source_excerpts(report_.finding.places, page_.paint()));
    evidence();
    plan();
    history();
    if (!report_.finding.help.empty()) {
      page_.gap();
      page_.hanging("  help: ", report_.finding.help);
    }
    reproduced();
    commands();
    return std::move(page_).text();
  }

 private:
  const Trace& trace() const { return report_.trace; }

  void heading() {
    const std::string code = fmt::format("error[{}]:", printable(report_.finding.check));
    const std::string sentence = printable(report_.finding.message);
    page_.line(
        fmt::format("{} {}", page_.paint(Ink::error, code), page_.paint(Ink::strong, sentence)));
    std::string line = "  scenario " + printable(trace().scenario);
    if (trace().seed.has_value()) line += fmt::format("   seed 0x{:x}", *trace().seed);
    if (report_.count > 1) line += fmt::format("   seen in {} runs", report_.count);
    page_.line(line);
  }

  void evidence() {
    if (report_.finding.evidence.empty()) return;
    page_.gap();
    for (const std::string& fact : report_.finding.evidence) page_.hanging("   = ", fact);
  }

  void plan() {
    const Plan& plan = trace().plan;
    page_.gap();
    std::string shrunk;
    const std::uint64_t differences = distance(plan);
    if (report_.distance_before > differences) {
      shrunk = fmt::format(" (shrunk from {} to {})", report_.distance_before, differences);
    }
    const std::string_view world = described(plan.base);
    if (differences == 0) {
      return page_.line(fmt::format("  It happens in the {}{}.", world, shrunk));
    }
    page_.line(fmt::format("  It takes {} from the {}{}:", counted(differences, "difference"),
                           world, shrunk));
    page_.gap();
    decisions();
    order();
  }

  void decisions() {
    const std::vector<PlannedDecision>& decisions = trace().plan.decisions;
    const std::size_t shown = shown_of(decisions.size(), decisions_max);
    for (std::size_t i = 0; i < shown; ++i) {
      page_.line(fmt::format("    {}   {}", printable(decisions[i].identity),
                             page_.paint(Ink::strong, printable(meaning_of(trace(), i)))));
    }
    more(decisions.size() - shown);
  }

  void order() {
    const std::vector<std::string>& order = trace().plan.order;
    const std::size_t shown = shown_of(order.size(), order_max);
    for (std::size_t i = 0; i < shown; ++i) {
      page_.line(fmt::format("    {} {}", i == 0 ? "first" : "then ", printable(order[i])));
    }
    more(order.size() - shown);
  }

  std::size_t shown_of(std::size_t count, std::size_t max) const {
    return options_.verbose ? count : std::min(count, max);
  }
  void more(std::size_t count) {
    if (count > 0) page_.line(fmt::format("    ... {} more", count));
  }

  // One line for each thing that an event's text tells, separated by `; `.
  std::vector<std::string> history_lines() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < report_.history.size(); ++i) {
      const LoggedEvent& event = report_.history[i];
      std::string step = fmt::to_string(i + 1);
      std::string time = shown_time(event.time_ns);
      std::string_view rest = event.what.empty() ? event.identity : event.what;
      do {
        const std::size_t end = std::min(rest.find("; "), rest.size());
        lines.push_back(
            fmt::format("    {:>5}  {:>8}  {}", step, time, printable(rest.substr(0, end))));
        rest.remove_prefix(std::min(end + 2, rest.size()));
        step.clear();
        time.clear();
      } while (!rest.empty());
    }
    return lines;
  }

  void history() {
    const std::vector<std::string> lines = history_lines();
    if (lines.empty()) return;
    const bool is_whole = options_.verbose || lines.size() <= history_head + history_tail + 1;
    page_.gap();
    page_.line("  What happens, step by step:");
    page_.gap();
    page_.line(fmt::format("    {:>5}  {:>8}  what", "step", "time"));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!is_whole && i == history_head) {
        i = lines.size() - history_tail;
        page_.line(fmt::format("    {:>5}  {:>8}  ... {} more lines", "", "", i - history_head));
      }
      page_.line(i + 1 == lines.size() ? page_.paint(Ink::strong, lines[i]) : lines[i]);
    }
  }

  void reproduced() {
    if (report_.tries == 0 && !trace().digest.has_value()) return;
    std::string digest;
    if (trace().digest.has_value()) digest = fmt::format("digest 0x{:016x}", *trace().digest);
    page_.gap();
    if (report_.tries == 0) return page_.line(fmt::format("  {}.", digest));
    const bool always = report_.reproduced == report_.tries;
    const std::string sentence =
        fmt::format("Reproduced {} of {} times", report_.reproduced, report_.tries);
    page_.line(fmt::format("  {}{}{}.", page_.paint(always ? Ink::good : Ink::warning, sentence),
                           digest.empty() ? "" : ", ", digest));
  }

  void commands() {
    page_.gap();
    if (!report_.trace_path.empty()) {
      const std::string replay = replay_line(options_, report_.trace_path);
      page_.line(fmt::format("  Replay   {}", replay));
      if (!report_.history.empty()) {
        page_.line(
            fmt::format("  Step     gdb --args {} --break-at {}", replay, report_.history.size()));
      }
    }
    if (!report_.unwritten.empty()) {
      page_.line(fmt::format("  The trace was not written: {}. This is it:", report_.unwritten));
      page_.gap();
      page_.block(to_json(trace()));
      page_.gap();
    }
    if (trace().seed.has_value() && options_.knows_run) {
      page_.line(fmt::format("  Again    {}",
                             run_line(options_, trace().scenario, *trace().seed, trace().options)));
    }
    page_.line(fmt::format("  Explain  {} explain {}", shell_argument(options_.program),
                           shell_argument(report_.finding.check)));
  }

  const FindingReport& report_;
  const ReportOptions& options_;
  ReportPage page_;
};

}  // namespace

std::string to_text(const FindingReport& report, const ReportOptions& options) {
  return FindingPage(report, options).text();
}

}  // namespace reprise
