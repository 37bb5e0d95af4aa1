// linearize(): looks for an order of concurrent operations that a sequential model explains.
//
// The search is that of J. M. Wing and C. Gong, "Testing and verifying concurrent objects" (JPDC
// 17, 1993): it tries each operation that may come first, and goes back at a return that it cannot
// explain. It has the memory of G. Lowe, "Testing for linearizability" (CCPE 29, 2017): it does not
// search again from a set of applied operations and a state that it has seen together. It judges
// keys one by one, after A. Horn and D. Kroening, "Faster linearizability checking via
// P-compositionality" (FORTE 2015).
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/history.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise {

struct Linearization {
  enum class Verdict : std::uint8_t { explained, unexplained, undecided };

  Verdict verdict = Verdict::explained;
  /// In an unexplained history, the operation at whose return the explanation first fails, and the
  /// longest explained order of operations before it.
  std::size_t culprit = 0;
  std::vector<std::size_t> order;
};

/// `operations` are indexes into the history, in the order of their calls. The search takes its
/// steps from `steps`; when they are used up, the answer is `undecided`.
Linearization linearize(History& history, std::span<const std::size_t> operations,
                        std::uint64_t& steps);

}  // namespace reprise
