// The benchmark behind `./dev bench`: what a simulated I/O and a whole small run cost, beside the
// machine's own limits, measured in the same process and turn about. Every figure is the median of
// several rounds, and every run has a new seed: the branch predictor learns a repeated one.
#include <cstdio>
#include <cstring>
#include <vector>

#include "tests/bench/check_costs.h"
#include "tests/bench/check_ratios.h"
#include "tests/bench/flights.h"
#include "tests/bench/limits.h"
#include "tests/bench/whole_runs.h"

using namespace reprise::bench;

int main(int argc, char** argv) {
  if (argc > 1) {
    const bool is_help = std::strcmp(argv[1], "--help") == 0;
    std::fputs(
        "usage: reprise-bench\nMeasures this build on this machine, in two to three minutes; "
        "stderr says what is measured now.\n",
        is_help ? stdout : stderr);
    return is_help ? 0 : 2;
  }
  std::vector<Step> steps = whole_run_steps();
  append(steps, flight_steps());
  append(steps, check_ratio_steps());
  append(steps, limit_steps());
  append(steps, check_cost_steps());
  run_steps(steps);
  return 0;
}
