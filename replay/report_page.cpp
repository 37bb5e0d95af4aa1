#include <fmt/format.h>
#include <reprise/replay/printable.h>
#include <reprise/replay/report_page.h>
#include <reprise/replay/source_excerpt.h>

#include <algorithm>
#include <cstddef>

namespace reprise {

void ReportPage::line(std::string_view text) {
  out_ += text;
  out_ += '\n';
}

void ReportPage::gap() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void ReportPage::hanging(std::string_view label, std::string_view text) {
  const std::string indent(label.size(), ' ');
  do {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(std::string(label) + printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    label = indent;
  } while (!text.empty());
}

void ReportPage::finding_head(std::string_view severity, Ink ink, const Finding& finding) {
  const std::string code = fmt::format("{}[{}]:", severity, printable(finding.check));
  line(fmt::format("{} {}", paint(ink, code), paint(Ink::strong, printable(finding.message))));
}

void ReportPage::finding_body(const Finding& finding) {
  block(source_excerpts(finding.places, paint_));
  if (!finding.evidence.empty() || !finding.expected.empty()) gap();
  for (const std::string& fact : finding.evidence) hanging("   = ", fact);
  if (!finding.expected.empty()) hanging("   = expected: ", finding.expected);
}

std::string shell_argument(std::string_view text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
  });
  if (is_plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return printable(quoted + "'");
}

std::string shown_time(std::uint64_t ns) {
  constexpr std::pair<std::uint64_t, std::string_view> units[] = {
      {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  if (ns == 0) return "0";
  for (const auto& [unit, name] : units) {
    if (ns < unit) continue;
    const std::uint64_t tenths = ns / (unit / 10);
    return tenths % 10 == 0 ? fmt::format("{}{}", tenths / 10, name)
                            : fmt::format("{}.{}{}", tenths / 10, tenths % 10, name);
  }
  return fmt::format("{}ns", ns);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace reprise
