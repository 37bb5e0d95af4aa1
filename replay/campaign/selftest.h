// Selftest: verifies every canary pair. The check that a pair names must find its broken half, and
// its mended half must survive the same runs. It also measures how soon the bug is found: by which
// plan of the sweep, and after how many random runs.
#pragma once

#include <reprise/replay/campaign/search.h>
#include <reprise/sim/scenario.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

struct SelftestOptions {
  /// Random runs of each half, after the calm ones and the sweeps at distance 1.
  std::uint64_t runs = 1000;
  /// The number of campaigns, each of up to `runs` random runs until its first finding; 0: none.
  std::uint64_t campaigns = 0;
  /// Whether the program's scenarios are compiled with the store watch; without it, any check may
  /// find a broken half.
  bool is_watched = true;
  /// The search of each half. The selftest sets its mix.
  SearchOptions search;
};

/// The outcome of many campaigns with one strategy.
struct CampaignsResult {
  StrategyChoice strategy = nullptr;
  std::uint64_t found = 0;  // campaigns with a finding
  /// Random runs until the first finding; nothing if most campaigns had none.
  std::optional<std::uint64_t> median;
};

struct PairResult {
  std::string pair;   // `reentry/counter`
  std::string check;  // the check that must find it
  std::uint64_t runs = 0;
  std::uint64_t found = 0;  // runs in which that check found it
  /// The number of the first such run, counted from 1.
  std::optional<std::uint64_t> first_found;
  /// Other findings of the broken half, by check.
  std::map<std::string, std::uint64_t> found_by_others;
  /// The number of plans of the calm runs and the sweeps, and the first plan on which any check
  /// found something.
  std::uint64_t plans = 0;
  std::optional<std::uint64_t> first_plan;
  /// The result of the better strategy.
  std::optional<CampaignsResult> random;
  std::uint64_t mended_runs = 0;
  /// Signatures of the mended half's findings; empty: clean.
  std::vector<std::string> mended_findings;
  /// A sentence if one half is missing, or no process could be created; else empty.
  std::string failure;

  /// Whether any check may find the broken half.
  bool is_any_check = false;

  bool is_found() const { return found > 0 || (is_any_check && !found_by_others.empty()); }
  bool passed() const { return failure.empty() && is_found() && mended_findings.empty(); }
};

/// The names of the registered pairs that match `pattern`; either half's name stands for its pair.
std::vector<std::string> match_pairs(const std::string& pattern);

PairResult selftest_pair(const std::string& pair, const SelftestOptions& options);

}  // namespace reprise
