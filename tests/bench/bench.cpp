// The benchmark behind `./dev bench`: see options.cpp for what it can be asked.
#include <fmt/format.h>
#include <reprise/replay/text/suggest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/check_costs.h"
#include "tests/bench/check_ratios.h"
#include "tests/bench/child.h"
#include "tests/bench/count_text.h"
#include "tests/bench/fixed_runs.h"
#include "tests/bench/flights.h"
#include "tests/bench/limits.h"
#include "tests/bench/options.h"
#include "tests/bench/whole_runs.h"

using namespace reprise;
using namespace reprise::bench;

namespace {

constexpr int wrong_input = 2;

int fail(const std::string& sentence) {
  std::fprintf(stderr, "reprise-bench: %s\n", sentence.c_str());
  return wrong_input;
}

std::string why_no_count() {
  if (*REPRISE_BENCH_SANITIZE != '\0') return "valgrind cannot run a program with sanitizers";
  if (!is_installed(valgrind)) return "valgrind, which counts instructions, is not installed";
  return {};
}

int measure() {
  std::vector<Step> steps = whole_run_steps(why_no_count());
  append(steps, flight_steps());
  append(steps, check_ratio_steps());
  append(steps, limit_steps());
  append(steps, check_cost_steps());
  run_steps(steps);
  return 0;
}

int make_runs(const std::string& name, std::uint64_t seeds) {
  const FixedRun* const fixed = find_fixed_run(name);
  if (fixed == nullptr) return fail(unknown_name("fixed run", {name}, fixed_run_names()));
  const std::unique_ptr<Workload> workload = fixed->make();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) static_cast<void>(workload->run(seed));
  return 0;
}

int print_counts() {
  if (const std::string why = why_no_count(); !why.empty()) return fail(why);
  for (const FixedRun& fixed : fixed_runs()) {
    const Expected<std::uint64_t> count = count_instructions(counted_runs(fixed));
    if (!count) return fail(fmt::format("{}: {}", fixed.name, count.error()));
    std::printf("%s",
                fmt::format("  {:<18} {:>12}\n", fixed.name, with_commas(count.value())).c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const Expected<BenchOptions> options = parse_options(words);
  if (!options) return fail(options.error());
  const std::string& argument = options.value().argument;
  switch (options.value().task) {
    case Task::measure: return measure();
    case Task::help: std::fputs(help_text(fixed_run_names()).c_str(), stdout); return 0;
    case Task::count: return print_counts();
    case Task::runs: break;
  }
  return make_runs(argument, options.value().seeds);
}
