// linearize(): looks for an order of concurrent operations that a sequential model explains.
//
// The search is that of J. M. Wing and C. Gong, "Testing and verifying concurrent objects" (JPDC
// 17, 1993), which tries what may come first and goes back where a return is reached that nothing
// explains; with the memory of G. Lowe, "Testing for linearizability" (CCPE 29, 2017): a set of
// operations that has led to some state once need not be tried again where it leads there. Keys are
// judged one by one after A. Horn and D. Kroening, "Faster linearizability checking via
// P-compositionality" (FORTE 2015).
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/history.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

struct Linearization {
  enum class Verdict : std::uint8_t { explained, unexplained, undecided };

  Verdict verdict = Verdict::explained;
  /// In an unexplained history, the operation at whose return it cannot be explained any more (up
  /// to there it can), and the longest order of operations that come before.
  std::size_t culprit = 0;
  std::vector<std::size_t> order;
};

/// The arguments are indexes into `operations`, in the order of their calls. Takes what it needs
/// from `steps`; when that is used up, the answer is `undecided`.
Linearization linearize(History& history, std::span<const std::size_t> operations,
                        std::uint64_t& steps);

}  // namespace reprise
