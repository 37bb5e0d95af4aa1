// Progress on stderr: on a terminal a bar with the remaining time, elsewhere an occasional plain
// line.
#pragma once

#include <reprise/replay/campaign/campaign.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace reprise {

class ProgressLine {
 public:
  enum class Kind : std::uint8_t { none, lines, bar };

  explicit ProgressLine(Kind kind) : kind_(kind) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  void show(const CampaignProgress& progress);
  /// Removes the bar, so that other output can follow.
  void clear();

 private:
  Kind kind_;
  bool is_shown_ = false;
  std::uint64_t shown_ms_ = 0;
};

/// The text of a bar, on a line of at most `columns` columns; with less room it says less.
std::string progress_text(const CampaignProgress& progress, std::size_t columns);

/// `1.2M`, `34k`, `567`.
std::string shown_count(std::uint64_t count);

}  // namespace reprise
