// ShardProgress: how far a shard has come, as a file beside its result, for whoever runs many
// shards. The file is there while the shard runs.
#pragma once

#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// `2-of-8.progress`.
std::string shard_progress_name(const CaseShard& shard);
inline constexpr std::string_view shard_progress_extension = ".progress";

/// One JSON object, `"format": "reprise-progress/1"`: the numbers and the scenario.
std::string to_json(const CampaignProgress& progress);
Expected<CampaignProgress> parse_progress(std::string_view json);

/// Writes the file now and then, and removes it in the end. Problems with the file are ignored.
class ShardProgress {
 public:
  ShardProgress(const std::string& folder, const CaseShard& shard);
  ShardProgress(const ShardProgress&) = delete;
  ShardProgress& operator=(const ShardProgress&) = delete;
  ~ShardProgress();

  void show(const CampaignProgress& progress);

 private:
  std::string path_;
  std::uint64_t next_ms_ = 0;  // on the campaign's clock
};

}  // namespace reprise
