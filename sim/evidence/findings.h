// Findings: what has been found in the run under way. The first error counts, and ends the run at
// the next turn; notes are collected.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/operation/run_state.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Findings {
 public:
  explicit Findings(const RunState& run) : run_(run) {}

  void begin_run();
  void report(Finding finding);
  /// Reports a mistake in the scenario itself.
  void report_misuse(std::string_view what);
  /// Reports that what the scenario expects at this place does not hold.
  void report_expectation(std::string_view what, const CodeLocation& place);
  bool has_error() const { return error_.has_value(); }
  std::optional<Finding> take_error();
  std::vector<Finding> take_notes();

  /// The signature of a finding of this run's scenario.
  std::string signature(std::string_view check, std::string_view what) const;

 private:
  const RunState& run_;
  std::optional<Finding> error_;
  std::vector<Finding> notes_;
};

/// For signatures: `text` without its numbers, which may differ from run to run for the same bug.
std::string without_numbers(std::string_view text);

}  // namespace reprise
