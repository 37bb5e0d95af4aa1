// Progress on stderr: a bar with the time that is left on a terminal, elsewhere a plain line now
// and then.
#pragma once

#include <reprise/replay/campaign.h>

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

/// `1.2M`, `34k`, `567`.
std::string shown_count(std::uint64_t count);

}  // namespace reprise
