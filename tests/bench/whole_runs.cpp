#include "tests/bench/whole_runs.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/bench/count_text.h"
#include "tests/bench/fixed_runs.h"
#include "tests/bench/instructions.h"
#include "tests/bench/readers.h"

namespace reprise::bench {

namespace {

constexpr Rounds rounds{.max = 7, .seconds = 0.1, .wall_seconds = 4};

constexpr std::string_view runs_head =
    "whole runs per second of processor time, in thousands, the world reset in place (checks and\n"
    "recording: as in a program without the store watch; watched: all checks, as in one with it)\n"
    "                         bare  checks  recording  watched  decisions/s, bare (M)\n";

std::string measure_runs(std::uint32_t tasks, std::uint32_t ios) {
  const ReadersShape shape{tasks, ios, RandomOrder::uniform, false};
  std::vector<Metered> metered;
  for (const Mode mode : {Mode::bare, Mode::checked, Mode::recorded, Mode::watched}) {
    metered.emplace_back(make_readers(shape, mode));
  }
  const auto speeds = turn_about(metered, rounds);
  return fmt::format(
      "  {:<18} {:>8.1f}  {:>6.1f}  {:>9.1f}  {:>7.1f}  {:>21.2f}\n",
      fmt::format("{} tasks of {} I/Os", tasks, ios), median_of(speeds[0], &Speed::runs) / 1e3,
      median_of(speeds[1], &Speed::runs) / 1e3, median_of(speeds[2], &Speed::runs) / 1e3,
      median_of(speeds[3], &Speed::runs) / 1e3, median_of(speeds[0], &Speed::decisions) / 1e6);
}

using Times = std::vector<double>;  // microseconds of a run, of each of the fixed runs

Times measure_fixed_runs() {
  std::vector<Metered> metered;
  for (const FixedRun& fixed : fixed_runs()) metered.emplace_back(fixed.make());
  Times times;
  for (const std::vector<Speed>& speeds : turn_about(metered, rounds)) {
    times.push_back(1e6 / median_of(speeds, &Speed::runs));
  }
  return times;
}

std::string counted(const FixedRun& fixed) {
  const Expected<std::uint64_t> instructions = count_instructions(counted_runs(fixed));
  return instructions ? with_commas(instructions.value()) : instructions.error();
}

}  // namespace

std::vector<Step> whole_run_steps(const std::string& no_count) {
  std::vector<Step> steps;
  steps.push_back({"whole runs, 3 tasks of 10 I/Os",
                   [] { return std::string(runs_head) + measure_runs(3, 10); }});
  steps.push_back({"whole runs, 8 tasks of 50 I/Os", [] { return measure_runs(8, 50); }});

  const auto times = std::make_shared<Times>();
  steps.push_back({"fixed runs, turn about", [=] {
                     *times = measure_fixed_runs();
                     std::string text =
                         "\nfixed runs            us per run  instructions per run (valgrind)\n";
                     if (no_count.empty()) return text;
                     for (std::size_t i = 0; i < times->size(); ++i) {
                       text +=
                           fmt::format("  {:<18} {:>11.2f}\n", fixed_runs()[i].name, (*times)[i]);
                     }
                     return text + "  instructions are not counted: " + no_count + '\n';
                   }});
  if (!no_count.empty()) return steps;
  for (std::size_t i = 0; i < fixed_runs().size(); ++i) {
    const FixedRun& fixed = fixed_runs()[i];
    steps.push_back({fmt::format("instructions of {}", fixed.name), [=] {
                       return fmt::format("  {:<18} {:>11.2f}  {:>20}\n", fixed.name, (*times)[i],
                                          counted(fixed));
                     }});
  }
  return steps;
}

}  // namespace reprise::bench
