#include "tests/bench/fixed_runs.h"

#include <algorithm>
#include <array>

#include "tests/bench/child.h"
#include "tests/bench/readers.h"
#include "tests/bench/scenario_runs.h"

namespace reprise::bench {

namespace {

constexpr ReadersShape small{3, 10, RandomOrder::uniform, false};
constexpr ReadersShape thousand{1000, 10, RandomOrder::latencies, true};

constexpr std::array all{
    FixedRun{"3x10 bare", 100, 1600, [] { return make_readers(small, Mode::bare); }},
    FixedRun{"3x10 checks", 100, 1600, [] { return make_readers(small, Mode::checked); }},
    FixedRun{"1000 in flight", 1, 6, [] { return make_readers(thousand, Mode::bare); }},
    FixedRun{"pager/clients", 8, 264,
             [] { return make_scenario_runs("pager/clients", Checks::all_but_determinism); }},
    FixedRun{"corpus", 4, 16,
             [] { return make_scenario_runs("corpus/*/mended", Checks::all_but_determinism); }},
};

}  // namespace

std::span<const FixedRun> fixed_runs() { return all; }

std::vector<std::string> fixed_run_names() {
  std::vector<std::string> names;
  for (const FixedRun& fixed : all) names.emplace_back(fixed.name);
  return names;
}

const FixedRun* find_fixed_run(std::string_view name) {
  const auto at = std::ranges::find(all, name, &FixedRun::name);
  return at == all.end() ? nullptr : &*at;
}

CountedRuns counted_runs(const FixedRun& fixed) {
  return {own_program(), fixed.name, fixed.few, fixed.many, fixed.make()->runs_per_seed()};
}

}  // namespace reprise::bench
