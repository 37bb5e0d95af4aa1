// Progress on stderr: on a terminal a bar with the remaining time, elsewhere an occasional plain
// line.
#pragma once

#include <reprise/replay/campaign/campaign.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

/// One thing that a bar's line may say; those of the lowest weight are left out first.
struct ProgressPart {
  std::string text;
  int weight = 0;
};

class ProgressLine {
 public:
  enum class Kind : std::uint8_t { none, lines, bar };

  explicit ProgressLine(Kind kind) : kind_(kind) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  void show(const CampaignProgress& progress);
  /// Whether it is time to show something again, `milliseconds` after the beginning.
  bool is_due(std::uint64_t milliseconds) const;
  /// Shows `line`, or the parts as a bar.
  void show(std::uint64_t milliseconds, std::string line, std::vector<ProgressPart> parts);
  /// Removes the bar, so that other output can follow.
  void clear();

 private:
  Kind kind_;
  bool is_shown_ = false;
  std::uint64_t shown_ms_ = 0;
};

/// The text of a bar, on a line of at most `columns` columns; with less room it says less.
std::string progress_text(const CampaignProgress& progress, std::size_t columns);

/// As many of the parts as fit, with commas between them.
std::string fitted(std::vector<ProgressPart> parts, std::size_t columns);
/// `[####....] `
std::string bar_text(std::uint32_t thousandths);
/// `01:30 left`; empty if nothing is known.
std::string time_left_text(std::uint64_t milliseconds, std::uint32_t thousandths);

/// `1.2M`, `34k`, `567`.
std::string shown_count(std::uint64_t count);

}  // namespace reprise
