#include <reprise/replay/report/page.h>

#include <fmt/format.h>
#include <reprise/replay/report/source_excerpt.h>
#include <reprise/replay/text/escape.h>

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

namespace {

constexpr std::size_t columns = 80;

/// As many whole words of `text` as fit into `room` columns, at least one; what `text` quotes as
/// code stays together if it can.
std::string_view first_line(std::string_view text, std::size_t room) {
  if (columns_of(text) <= room) return text;
  std::size_t end = std::string_view::npos;
  bool in_code = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '`') in_code = !in_code;
    if (text[at] != ' ') continue;
    if (columns_of(text.substr(0, at)) > room && end != std::string_view::npos) break;
    if (!in_code || end == std::string_view::npos) end = at;
  }
  return text.substr(0, end);
}

}  // namespace

void ReportPage::hanging(std::string_view label, std::string_view text,
                         std::optional<TextStyle> style) {
  hanging(std::string(label), label.size(), text, style);
}

void ReportPage::hanging(std::string label, std::size_t indent, std::string_view text,
                         std::optional<TextStyle> style) {
  const std::size_t room = columns - std::min(columns / 2, indent);
  do {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string paragraph = escaped(text.substr(0, end));
    std::string_view rest = paragraph;
    do {
      const std::string_view words = first_line(rest, room);
      line(label + (style ? paint(*style, words) : std::string(words)));
      rest.remove_prefix(std::min(words.size() + 1, rest.size()));
      label = std::string(indent, ' ');
    } while (!rest.empty());
    text.remove_prefix(std::min(end + 1, text.size()));
  } while (!text.empty());
}

void ReportPage::finding_head(std::string_view severity, TextStyle style, const Finding& finding) {
  const std::string code = fmt::format("{}[{}]:", severity, escaped(finding.check));
  hanging(paint(style, code) + ' ', columns_of(code) + 1, finding.message, TextStyle::strong);
}

void ReportPage::finding_body(const Finding& finding) {
  block(source_excerpts(finding.places, paint_));
  if (!finding.evidence.empty() || !finding.expected.empty()) gap();
  for (const std::string& fact : finding.evidence) hanging("   = ", fact);
  if (!finding.expected.empty()) hanging("   = expected: ", finding.expected);
}

}  // namespace reprise
