#include <fmt/format.h>
#include <reprise/replay/campaign/triage.h>
#include <reprise/replay/report/commands.h>
#include <reprise/replay/report/history.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/report/report.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>
#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

constexpr std::size_t decisions_max = 20;
constexpr std::size_t order_max = 20;
constexpr std::size_t output_max = 30;

std::string_view described(Base base) {
  return base == Base::sync ? "sync world, where every I/O succeeds at once"
                            : "lazy world, where every I/O succeeds once nothing else can run";
}

// `1st`, `2nd`, `11th`.
std::string nth(std::string digits) {
  const char last = digits.back();
  const bool is_teen = digits.size() > 1 && digits[digits.size() - 2] == '1';
  const std::string_view ending = is_teen       ? "th"
                                  : last == '1' ? "st"
                                  : last == '2' ? "nd"
                                  : last == '3' ? "rd"
                                                : "th";
  return digits += ending;
}
std::string nth(std::uint32_t number) { return nth(fmt::to_string(number)); }

class FindingPage {
 public:
  FindingPage(const FindingReport& report, const ReportOptions& options)
      : report_(report), options_(options), page_(options.color) {}

  std::string text() && {
    heading();
    page_.gap();
    page_.finding_body(report_.finding);
    if (report_.is_triaged) plan();
    history();
    output();
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
    page_.finding_head("error", TextStyle::error, report_.finding);
    std::string line = "  scenario " + escaped(trace().scenario);
    if (trace().seed.has_value()) line += fmt::format("   seed 0x{:x}", *trace().seed);
    if (report_.count > 1)
      line += fmt::format("   seen in {} runs (smallest shown)", report_.count);
    page_.line(line);
  }

  void plan() {
    const Plan& plan = trace().plan;
    page_.gap();
    std::string shrunk;
    const std::uint64_t differences = distance(plan);
    if (report_.distance_before > differences) {
      shrunk =
          fmt::format(" (shrunk from {} to {})", counted(report_.distance_before, "difference"),
                      differences == 0 ? "none" : fmt::to_string(differences));
    }
    const std::string_view world = described(plan.base);
    if (differences == 0) {
      return page_.hanging("  ", fmt::format("It happens in the {}{}.", world, shrunk));
    }
    page_.hanging("  ", fmt::format("It takes {} from the {}{}:",
                                    counted(differences, "difference"), world, shrunk));
    page_.gap();
    decisions();
    order();
    page_.gap();
    explain_names(plan.decisions.empty() ? plan.order.front() : plan.decisions.front().identity);
    const bool has_yield = std::ranges::any_of(plan.decisions, [](const PlannedDecision& each) {
      return each.identity.ends_with("/yield") || each.identity.ends_with("/yield-before");
    });
    if (has_yield) aside("An explicit yield asks to be called again, only to let others run.");
  }

  void aside(std::string_view sentence) {
    page_.hanging("    ", fmt::format("({})", sentence), TextStyle::faint);
  }

  // Once: how to read the names of what is decided and of what happens.
  void explain_names(const std::string& identity) {
    const std::optional<IdentityText> read = parse_identity(identity);
    if (!read) return;
    names_explained_ = true;
    const std::size_t slash = read->name.find('/');
    const std::string kind(to_string(read->kind));
    if (slash == std::string_view::npos) {
      return aside(fmt::format("{}: the {} {} of `{}`.", escaped(identity), nth(read->ordinal),
                               kind, escaped(read->name)));
    }
    aside(fmt::format(
        "{}: the {} `{}` of `{}`; the last word says what is decided there, or happens.",
        escaped(identity), nth(read->ordinal), escaped(read->name.substr(slash + 1)),
        escaped(read->name.substr(0, slash))));
  }

  // The same of the first I/O in the history, if nothing was said yet.
  void explain_io(const std::string& io) {
    const std::size_t hash = io.rfind('#');
    if (names_explained_ || hash == std::string::npos) return;
    names_explained_ = true;
    aside(fmt::format("{}: the {} `{}` of its task.", io, nth(io.substr(hash + 1)),
                      io.substr(0, hash)));
    page_.gap();
  }

  void decisions() {
    const std::vector<PlannedDecision>& decisions = trace().plan.decisions;
    const std::size_t shown = shown_of(decisions.size(), decisions_max);
    for (std::size_t i = 0; i < shown; ++i) {
      page_.line(fmt::format("    {}   {}", escaped(decisions[i].identity),
                             page_.paint(TextStyle::strong, escaped(meaning(i)))));
    }
    more(decisions.size() - shown);
  }

  // What the plan's decision `i` means: in its base, where the author of the trace said nothing.
  std::string meaning(std::size_t i) const {
    if (i < trace().meanings.size()) return meaning_of(trace(), i);
    const PlannedDecision& decision = trace().plan.decisions[i];
    const std::optional<IdentityText> read = parse_identity(decision.identity);
    return read ? meaning_of(read->kind, decision.value, trace().plan.base)
                : meaning_of(trace(), i);
  }

  void order() {
    const std::vector<std::string>& order = trace().plan.order;
    const std::size_t shown = shown_of(order.size(), order_max);
    for (std::size_t i = 0; i < shown; ++i) {
      page_.line(fmt::format("    {} {}", i == 0 ? "first" : "then ", escaped(order[i])));
    }
    more(order.size() - shown);
  }

  std::size_t shown_of(std::size_t count, std::size_t max) const {
    return options_.verbose ? count : std::min(count, max);
  }
  void more(std::size_t count) {
    if (count > 0) page_.line(fmt::format("    ... {} more", count));
  }

  void history() {
    const ReportHistory history(report_.history, options_.verbose);
    if (history.empty()) return;
    page_.gap();
    page_.line("  What happens, step by step:");
    page_.gap();
    explain_io(history.first_io());
    history.write(page_);
  }

  // What the run printed: the end says most about a failure.
  void output() {
    if (report_.output.empty()) return;
    std::vector<std::string_view> lines;
    for (std::string_view rest = report_.output; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      lines.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    page_.gap();
    page_.line("  What the run printed:");
    page_.gap();
    const std::size_t shown = shown_of(lines.size(), output_max);
    if (shown < lines.size()) {
      page_.line(fmt::format("    ... {} lines before", lines.size() - shown));
    }
    for (std::size_t i = lines.size() - shown; i < lines.size(); ++i) {
      page_.line("    " + escaped(lines[i]));
    }
  }

  void reproduced() {
    if (report_.tries == 0 && !trace().digest.has_value()) return;
    std::string digest;
    if (trace().digest.has_value())
      digest = fmt::format("digest of all events 0x{:016x}", *trace().digest);
    page_.gap();
    if (report_.tries == 0) return page_.line(fmt::format("  {}.", digest));
    const bool always = report_.reproduced == report_.tries;
    const std::string sentence =
        fmt::format("Reproduced {} of {} times", report_.reproduced, report_.tries);
    page_.line(fmt::format("  {}{}{}.",
                           page_.paint(always ? TextStyle::good : TextStyle::warning, sentence),
                           digest.empty() ? "" : ", ", digest));
  }

  void commands() {
    page_.gap();
    if (options_.program.empty()) {
      calls();
    } else if (!report_.trace_path.empty()) {
      page_.line(fmt::format("  Replay   {}", replay_line(options_, report_.trace_path)));
      if (!report_.history.empty()) {
        page_.line(fmt::format("  Step     gdb --args {}",
                               replay_line(options_, report_.trace_path, report_.history.size())));
        page_.line(fmt::format("  Draw     {}", draw_line(options_, report_.trace_path)));
      }
    }
    if (!report_.unwritten.empty()) {
      page_.line(fmt::format("  The trace was not written: {}. This is it:", report_.unwritten));
      page_.gap();
      page_.block(to_json(trace()));
      page_.gap();
    }
    if (options_.program.empty()) return;
    if (trace().seed.has_value() && options_.knows_run) {
      page_.line(fmt::format("  Again    {}",
                             run_line(options_, trace().scenario, *trace().seed, trace().options)));
    }
    page_.line(fmt::format("  Explain  {} explain {}", shell_argument(options_.program),
                           shell_argument(report_.finding.check)));
  }

  void calls() {
    if (report_.trace_path.empty()) return;
    const std::string path = escaped(report_.trace_path);
    page_.line(fmt::format("  Replay   in a test: reprise::replay_traces(\"{}\")", path));
    if (report_.history.empty()) return;
    page_.line(
        fmt::format("  Step     in a debugger: reprise::replay_traces(\"{}\", {{.break_at = {}}})",
                    path, report_.history.size()));
  }

  const FindingReport& report_;
  const ReportOptions& options_;
  ReportPage page_;
  bool names_explained_ = false;
};

}  // namespace

std::string to_text(const FindingReport& report, const ReportOptions& options) {
  return FindingPage(report, options).text();
}

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
  page.line(fmt::format("  Error    {}", command));
  page.line(fmt::format("  Explain  {} explain {}", shell_argument(options.program),
                        shell_argument(row.note.check)));
  return std::move(page).text();
}

}  // namespace reprise
