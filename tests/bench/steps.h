// Steps: the benchmark as a list. While a step measures, stderr says which it is, of how many; what
// it has to say goes to stdout.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace reprise::bench {

struct Step {
  std::string what;
  /// Measures, and returns the lines to print.
  std::function<std::string()> run;
};

void append(std::vector<Step>& steps, std::vector<Step> more);
void run_steps(const std::vector<Step>& steps);

}  // namespace reprise::bench
