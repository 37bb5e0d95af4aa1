// ReportPage: the lines of a report, and what all reports need to write them.
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
  /// An empty line, if there is none yet.
  void gap();
  /// `label` and a text of the user's, made printable, in 80 columns; its further lines stand under
  /// the first.
  void hanging(std::string_view label, std::string_view text,
               std::optional<TextStyle> ink = std::nullopt);
  /// `error[double-mutation]: what went wrong`
  void finding_head(std::string_view severity, TextStyle ink, const Finding& finding);
  /// The places, the evidence, what was expected, and the way to mend it.
  void finding_body(const Finding& finding);
  /// Lines that are ready.
  void block(std::string_view lines) { out_ += lines; }

  std::string paint(TextStyle ink, std::string_view text) const { return paint_(ink, text); }
  const TerminalStyle& paint() const { return paint_; }
  std::string text() && { return std::move(out_); }

 private:
  void hanging(std::string label, std::size_t indent, std::string_view text,
               std::optional<TextStyle> ink);

  TerminalStyle paint_;
  std::string out_;
};

}  // namespace reprise
