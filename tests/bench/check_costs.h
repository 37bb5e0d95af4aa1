// What each check costs, on a scenario that gives every one of them something to look at.
#pragma once

#include <string>
#include <vector>

namespace reprise::bench {

struct CheckCost {
  std::string check;
  /// Time of a run with this check alone, over that of a run with none, in the same rounds.
  double factor = 1;
};
/// Every check, then `all of them`.
std::vector<CheckCost> measure_check_costs();

}  // namespace reprise::bench
