// Determinism: the same plan run twice must give the same run. The second run has another layout of
// heap and stacks, which are also filled differently.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/run.h>
#include <reprise/sim/stack_layout.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace reprise {

/// Guard: while it lives, the heap has another layout, and fresh and freed memory another fill.
class OtherHeap {
 public:
  explicit OtherHeap(bool elsewhere = true, bool filled = true);
  OtherHeap(const OtherHeap&) = delete;
  OtherHeap& operator=(const OtherHeap&) = delete;
  ~OtherHeap();

 private:
  std::vector<std::vector<std::byte>> padding_;
};

/// Makes a run of the plan under test, with its events logged.
using LoggedRun = std::function<RunResult(const StackLayout& stacks)>;

/// Makes the run twice. If the two differ, makes it a few times more to find the cause of the
/// difference.
std::optional<Finding> find_difference(std::string_view scenario, const LoggedRun& run);

/// Whether the runs that find_difference() compared differed for no cause that it knows: something
/// outlives a run, or comes from outside it.
bool differs_for_no_known_cause(const Finding& finding);

/// Says in such a finding that it is what an earlier run has left: the first run of a process is
/// always the same.
void blame_earlier_run(Finding& finding);

/// Both runs must have their events logged. Names the first event that differs; nothing if none
/// does.
std::optional<Finding> compare_runs(std::string_view scenario, const RunResult& first,
                                    const RunResult& second);

}  // namespace reprise
