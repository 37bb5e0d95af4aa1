// Progress on stderr: a bar with the time that is left on a terminal, elsewhere a plain line now
// and then.
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
  /// Takes the bar away, for other output.
  void clear();

 private:
  Kind kind_;
  bool is_shown_ = false;
  std::uint64_t shown_ms_ = 0;
};

/// What a bar shows, on a line of at most so many columns: the less room there is, the less is
/// said.
std::string progress_text(const CampaignProgress& progress, std::size_t columns);

/// `1.2M`, `34k`, `567`.
std::string shown_count(std::uint64_t count);

}  // namespace reprise
