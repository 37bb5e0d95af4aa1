// Determinism: the same plan run twice must give the same run. The second run has another address
// layout and heap fill.
#pragma once

#include <reprise/sim/finding.h>
#include <reprise/sim/runner.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace reprise {

/// While it lives, the heap lies elsewhere and fresh memory has another fill than before.
class OtherHeap {
 public:
  OtherHeap();
  OtherHeap(const OtherHeap&) = delete;
  OtherHeap& operator=(const OtherHeap&) = delete;
  ~OtherHeap();

 private:
  std::vector<std::vector<std::byte>> padding_;
};

/// Both runs with their events logged. Names the first event that differs; nothing if none does.
std::optional<Finding> compare_runs(const Scenario& scenario, const RunResult& first,
                                    const RunResult& second);

}  // namespace reprise
