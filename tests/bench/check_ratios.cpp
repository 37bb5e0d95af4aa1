#include "tests/bench/check_ratios.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tests/bench/scenario_runs.h"

namespace reprise::bench {

namespace {

struct Measured {
  std::string_view what;
  std::string_view pattern;
  double aim;
};
constexpr Measured scenarios[] = {{"pager/clients", "pager/clients", 1.4},
                                  {"all corpus mended", "corpus/*/mended", 1.25}};

constexpr std::string_view head =
    "\nus per run of scenarios, turn about\n"
    "                     all checks  all but determinism  crash only  ratio to crash only\n";

std::string measure(const Measured& measured) {
  std::vector<Metered> metered;
  for (const Checks checks : {Checks::all, Checks::all_but_determinism, Checks::crash_only}) {
    metered.emplace_back(make_scenario_runs(measured.pattern, checks));
  }
  const auto speeds = turn_about(metered, {.max = 9, .seconds = 0.2, .wall_seconds = 6});
  const auto us = [&](std::size_t i) { return 1e6 / median_of(speeds[i], &Speed::runs); };
  const auto ratio = [&](std::size_t i) {
    return median_ratio(speeds[2], speeds[i], &Speed::runs);
  };
  return fmt::format("  {:<18} {:>10.1f}  {:>19.1f}  {:>10.1f}  {:.2f} and {:.2f} (aim {})\n",
                     measured.what, us(0), us(1), us(2), ratio(0), ratio(1), measured.aim);
}

}  // namespace

std::vector<Step> check_ratio_steps() {
  std::vector<Step> steps;
  for (const Measured& measured : scenarios) {
    const bool is_first = steps.empty();
    steps.push_back({fmt::format("{}, all checks : crash only", measured.what), [=] {
                       const std::string row = measure(measured);
                       return is_first ? std::string(head) + row : row;
                     }});
  }
  return steps;
}

}  // namespace reprise::bench
