// ShardUnion: joins the results of a campaign's shards into the report that one machine would have
// made. The order of the results does not matter, nor whether one comes several times.
//
//   ShardUnion all;
//   if (auto wrong = all.add(result, path)) return complain(*wrong);
//   const CampaignReport report = all.report();
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/replay/campaign/shard_result.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace reprise {

class ShardUnion {
 public:
  /// `path` is where the result was read. An error sentence if it is of another campaign than the
  /// results before it; then it is not added.
  std::optional<std::string> add(ShardResult result, const std::string& path);

  /// The report of all results, of which there must be one at least. It is incomplete if a shard is
  /// missing. Findings and notes are joined by their signatures; each finding has the smallest of
  /// the plans.
  CampaignReport report() const;
  /// The arguments of the first shard.
  const CommandArguments& arguments() const { return shards_.begin()->second.arguments; }

 private:
  // A scenario, by its place in the campaign, and a name in it.
  using Key = std::pair<std::size_t, std::string>;
  using Notes = std::map<Key, NoteRow>;
  using Findings = std::map<Key, FindingRow>;
  /// What is counted once for each shard. Of several results of one shard, such as a run that was
  /// cut off and its repetition, the one with most runs counts.
  struct Kept {
    std::string counts;  // of its scenarios and certificates, as bytes: there may be millions
    Findings findings;
    Notes notes;
    CommandArguments arguments;
    std::optional<std::uint64_t> seed;
    std::string stopped;
    std::vector<std::string> incomplete;
    std::vector<std::string> remarks;
    std::uint64_t milliseconds = 0;
    std::uint64_t runs = 0;
    std::uint64_t digest = 0;  // of the result's text, to choose among equals
  };
  static bool is_better(const Kept& a, const Kept& b);

  std::size_t place_of(const std::string& scenario) const;
  std::string packed_counts(const CampaignReport& report) const;
  Kept kept(ShardResult result);
  std::string missing_shards() const;
  void unite_counts(CampaignReport& report) const;
  void unite_findings(CampaignReport& report) const;
  void unite_sites(CampaignReport& report) const;
  void unite_sentences(CampaignReport& report) const;

  CampaignQuestion question_;
  std::uint32_t of_ = 0;    // shards; 0: no result was added
  std::string first_path_;  // of the first result
  std::map<std::uint32_t, Kept> shards_;
  std::map<Key, bool> goals_;
  std::map<std::size_t, Points> points_;                   // by scenario
  std::map<std::size_t, std::set<SiteLocation>> reached_;  // likewise
  std::set<SiteLocation> not_reached_;                     // by some shard
};

/// `1, 3 to 5`; `numbers` are in ascending order.
std::string ranges_text(const std::set<std::uint32_t>& numbers);

}  // namespace reprise
