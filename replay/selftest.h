// Selftest: does every canary pair do what it is for? Its broken half must be found by the check
// that it names, its mended half must survive the same runs.
#pragma once

#include <reprise/replay/hunt.h>
#include <reprise/sim/scenario.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

struct SelftestOptions {
  /// Runs of each half: the calm ones, up to a quarter each for the sweeps, the rest random.
  std::uint64_t runs = 1000;
  CaseOptions cases;
  std::uint32_t workers = 1;
  WorkerOptions worker;
  std::function<bool()> stopped;
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
  std::uint64_t mended_runs = 0;
  /// Signatures of the mended half's findings; empty: clean.
  std::vector<std::string> mended_findings;
  /// One half is missing, or no process could be had: a sentence.
  std::string failure;

  bool passed() const { return failure.empty() && found > 0 && mended_findings.empty(); }
};

/// The names of the registered pairs that match `pattern`; either half's name stands for its pair.
std::vector<std::string> match_pairs(const std::string& pattern);

PairResult selftest_pair(const std::string& pair, const SelftestOptions& options);

}  // namespace reprise
