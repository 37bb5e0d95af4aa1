// Coverage: what a sweep has and has not covered, as one line for a person, and as a file that a
// CI job compares with the next one.
#pragma once

#include <reprise/replay/campaign/crash_explorer.h>
#include <reprise/replay/campaign/sweep.h>
#include <reprise/replay/text/expected.h>
#include <reprise/sim/operation/await_sites.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct Coverage {
  std::string scenario;
  /// The points of the base runs, with the number of plans that differ from the base there.
  Points points;
  /// The plans at one distance: how many exist, and how many were run.
  struct Plans {
    std::uint64_t total = 0;
    std::uint64_t run = 0;

    bool all() const { return run == total; }
    friend bool operator==(const Plans&, const Plans&) = default;
  };
  Plans singles;                      // at distance 1
  Plans pairs;                        // at distance 2; both 0 if none were asked for
  Plans power_losses;                 // likewise: those explored
  CrashCounts crashes;                // what was explored behind them
  bool is_cut = false;                // by time, a finding, an interrupt, or a deadly base
  std::vector<SiteLocation> reached;  // await sites, sorted

  /// Whether all plans up to the requested distance were run.
  bool is_complete() const { return !is_cut && singles.all() && pairs.all() && power_losses.all(); }

  friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// `pager/clients: 212 places, all 2304 plans at distance 1; 43 await sites`.
std::string to_text(const Coverage& certificate);

/// One JSON object, `"format": "reprise-certificate/1"`.
std::string to_json(const std::vector<Coverage>& certificates);
Expected<std::vector<Coverage>> parse_certificates(std::string_view json);

/// What the older certificates cover and the newer ones do not, one sentence each: a scenario, a
/// point, an await site (identified by its file, function and text), or completeness.
std::vector<std::string> no_longer_covered(const std::vector<Coverage>& older,
                                           const std::vector<Coverage>& newer);

/// The await sites of `all` that no certificate has reached, in files where some were reached.
/// Files in `left_out` do not count.
std::vector<SiteLocation> not_reached(const std::vector<SiteLocation>& all,
                                      const std::vector<Coverage>& certificates,
                                      const std::set<std::string>& left_out);

}  // namespace reprise
