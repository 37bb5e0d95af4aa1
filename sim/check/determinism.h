// Determinism: the same plan run twice must give the same run. The second run has another layout
// and another fill of the heap and of the stacks.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/stack_layout.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace reprise {

/// While it lives, the heap lies elsewhere, and fresh and freed memory has another fill than
/// before.
class OtherHeap {
 public:
  explicit OtherHeap(bool elsewhere = true, bool filled = true);
  OtherHeap(const OtherHeap&) = delete;
  OtherHeap& operator=(const OtherHeap&) = delete;
  ~OtherHeap();

 private:
  std::vector<std::vector<std::byte>> padding_;
};

/// Makes a run of the plan in question, with its events logged.
using LoggedRun = std::function<RunResult(const StackLayout& stacks)>;

/// Makes the run twice; if the two differ, a few times more, to say what makes the difference.
std::optional<Finding> find_difference(const Scenario& scenario, const LoggedRun& run);

/// Both runs with their events logged. Names the first event that differs; nothing if none does.
std::optional<Finding> compare_runs(const Scenario& scenario, const RunResult& first,
                                    const RunResult& second);

}  // namespace reprise
