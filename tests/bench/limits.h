// Limits: what the machine can do at best, for the parts that a simulated I/O is made of.
#pragma once

#include <vector>

namespace reprise::bench {

struct Limit {
  const char* what;
  double ns;  // per operation, median
};

std::vector<Limit> measure_limits();

}  // namespace reprise::bench
