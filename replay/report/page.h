// ReportPage: the lines of a report, and the functions with which all reports write them.
#pragma once

#include <reprise/replay/text/terminal_style.h>
#include <reprise/sim/finding.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

class ReportPage {
 public:
  explicit ReportPage(bool color) : paint_(color) {}

  void line(std::string_view text);
  /// Ends the block with an empty line, unless there is one already.
  void gap();
  /// Writes `label` and a user's text, escaped and wrapped to 80 columns; its further lines are
  /// indented under the first.
  void hanging(std::string_view label, std::string_view text,
               std::optional<TextStyle> style = std::nullopt);
  /// `error[double-mutation]: what went wrong`
  void finding_head(std::string_view severity, TextStyle style, const Finding& finding);
  /// The places, the evidence, the expectation, and the way to mend the bug.
  void finding_body(const Finding& finding);
  /// Adds finished lines.
  void block(std::string_view lines) { out_ += lines; }

  std::string paint(TextStyle style, std::string_view text) const { return paint_(style, text); }
  const TerminalStyle& paint() const { return paint_; }
  std::string text() && { return std::move(out_); }

 private:
  void hanging(std::string label, std::size_t indent, std::string_view text,
               std::optional<TextStyle> style);

  TerminalStyle paint_;
  std::string out_;
};

}  // namespace reprise
