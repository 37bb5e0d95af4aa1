// The benchmark behind `./dev bench`: see options.cpp for what it can be asked.
#include <fmt/format.h>
#include <reprise/replay/text/suggest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "tests/bench/check_costs.h"
#include "tests/bench/check_ratios.h"
#include "tests/bench/child.h"
#include "tests/bench/fixed_runs.h"
#include "tests/bench/flights.h"
#include "tests/bench/guard.h"
#include "tests/bench/limits.h"
#include "tests/bench/options.h"
#include "tests/bench/real_ios.h"
#include "tests/bench/relacy_rows.h"
#include "tests/bench/whole_runs.h"

using namespace reprise;
using namespace reprise::bench;

namespace {

constexpr int wrong_input = 2;

int fail(const std::string& sentence) {
  std::fprintf(stderr, "reprise-bench: %s\n", sentence.c_str());
  return wrong_input;
}

// Why the table, which is of a quick build by g++, says nothing about this one.
std::string why_no_comparison() {
  const std::string type = REPRISE_BENCH_TYPE;
  if (*REPRISE_BENCH_SANITIZE != '\0') return "this build has sanitizers";
#ifdef __clang__
  return "the table is of g++, and this build of clang++";
#endif
  if (type != "Quick") {
    return fmt::format("the table is of the quick build, and this one is of the type {}", type);
  }
  return {};
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
  append(steps, real_io_steps(why_no_count()));
  append(steps, limit_steps());
  append(steps, check_cost_steps());
  run_steps(steps);
  return 0;
}

int measure_beside_relacy(const std::string& program) {
  run_steps(relacy_steps(program));
  return 0;
}

int make_runs(const std::string& name, std::uint64_t seeds) {
  if (make_real_ios(name, seeds)) return 0;
  const FixedRun* const fixed = find_fixed_run(name);
  if (fixed == nullptr) return fail(unknown_name("fixed run", {name}, fixed_run_names()));
  const std::unique_ptr<Workload> workload = fixed->make();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) static_cast<void>(workload->run(seed));
  return 0;
}

// As short as it can be called from here.
std::string callable_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::proximate(own_program(), error);
  if (error) return own_program();
  return path.has_parent_path() ? path.string() : "./" + path.string();
}

Guard make_guard() {
  return {.names = fixed_run_names(),
          .count =
              [](const std::string& name) {
                return count_instructions(counted_runs(*find_fixed_run(name)));
              },
          .compiler = fmt::format("g++ {}", __GNUC__),
          .no_count = why_no_count(),
          .no_comparison = why_no_comparison(),
          .program = callable_program()};
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
    case Task::relacy: return measure_beside_relacy(argument);
    case Task::count: return print_counts(make_guard());
    case Task::check: return check_table(make_guard(), argument);
    case Task::write: return write_table(make_guard(), argument);
    case Task::runs: break;
  }
  return make_runs(argument, options.value().seeds);
}
