// Selftest: does every canary pair do what it is for? Its broken half must be found by the check
// that it names, its mended half must survive the same runs. And how soon is it found: by which
// plan of the sweep, in how many random runs.
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
  /// How many campaigns are made, each of up to `runs` random runs, until its first finding; 0:
  /// none.
  std::uint64_t campaigns = 0;
  /// Whether the program's scenarios are compiled with the store watch: without, a broken half may
  /// be found by any check.
  bool is_watched = true;
  /// The search of each half. The selftest sets its mix.
  SearchOptions search;
};

/// What many campaigns with one strategy have come to.
struct CampaignsResult {
  StrategyChoice strategy = nullptr;
  std::uint64_t found = 0;  // in how many of them
  /// Random runs until the first finding; nothing if most campaigns had none.
  std::optional<std::uint64_t> median;
};

struct PairResult {
  std::string pair;   // `reentry/counter`
  std::string check;  // that must find it
  std::uint64_t runs = 0;
  std::uint64_t found = 0;  // in how many of these by that check
  /// Which was the first, counted from 1.
  std::optional<std::uint64_t> first_found;
  /// Other findings of the broken half, by check.
  std::map<std::string, std::uint64_t> found_by_others;
  /// Plans of the calm runs and the sweeps, and which of them was the first that any check found.
  std::uint64_t plans = 0;
  std::optional<std::uint64_t> first_plan;
  /// The better strategy's.
  std::optional<CampaignsResult> random;
  std::uint64_t mended_runs = 0;
  /// Signatures of the mended half's findings; empty: clean.
  std::vector<std::string> mended_findings;
  /// One half is missing, or no process could be had: a sentence.
  std::string failure;

  /// Whether any check will do.
  bool is_any_check = false;

  bool is_found() const { return found > 0 || (is_any_check && !found_by_others.empty()); }
  bool passed() const { return failure.empty() && is_found() && mended_findings.empty(); }
};

/// The names of the registered pairs that match `pattern`; either half's name stands for its pair.
std::vector<std::string> match_pairs(const std::string& pattern);

PairResult selftest_pair(const std::string& pair, const SelftestOptions& options);

}  // namespace reprise
