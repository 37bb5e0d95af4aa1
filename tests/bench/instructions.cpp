#include "tests/bench/instructions.h"

#include "tests/bench/child.h"
#include "tests/bench/count_text.h"

namespace reprise::bench {

namespace {

using Count = Expected<std::uint64_t>;

Count count_process(const CountedRuns& runs, std::uint64_t seeds, const std::string& counter) {
  const Expected<std::string> output =
      output_of({counter, "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no",
                 "--cachegrind-out-file=/dev/null", runs.program, "--runs", runs.name,
                 std::to_string(seeds)});
  if (!output) return Count::failed(output.error());
  const std::optional<std::uint64_t> count = instructions_in(output.value());
  if (!count) return Count::failed(counter + " printed no count of instructions (`I refs: 1,234`)");
  return *count;
}

}  // namespace

Count count_instructions(const CountedRuns& runs, const std::string& counter) {
  Count few = count_process(runs, runs.few, counter);
  if (!few) return few;
  Count many = count_process(runs, runs.many, counter);
  if (!many) return many;
  if (many.value() <= few.value()) {
    return Count::failed(counter + " counted no more instructions in " + std::to_string(runs.many) +
                         " runs than in " + std::to_string(runs.few));
  }
  return (many.value() - few.value()) / ((runs.many - runs.few) * runs.runs_per_seed);
}

std::optional<std::uint64_t> instructions_in(std::string_view output) {
  constexpr std::string_view before = "refs:";
  while (!output.empty()) {
    const std::size_t end = output.find('\n');
    const std::string_view line = output.substr(0, end);
    const std::size_t at = line.find(before);
    if (at != std::string_view::npos && line.substr(0, at).find(" I ") != std::string_view::npos) {
      return number_with_commas(line.substr(at + before.size()));
    }
    output = end == std::string_view::npos ? std::string_view() : output.substr(end + 1);
  }
  return std::nullopt;
}

}  // namespace reprise::bench
