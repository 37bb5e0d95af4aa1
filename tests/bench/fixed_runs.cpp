#include "tests/bench/fixed_runs.h"

#include <array>

#include "tests/bench/readers.h"
#include "tests/bench/scenario_runs.h"

namespace reprise::bench {

namespace {

constexpr ReadersShape small{3, 10, RandomOrder::uniform, false};
constexpr ReadersShape thousand{1000, 10, RandomOrder::latencies, true};

constexpr std::array all{
    FixedRun{"3x10 bare", 100, 2100, [] { return make_readers(small, Mode::bare); }},
    FixedRun{"3x10 checks", 100, 2100, [] { return make_readers(small, Mode::checked); }},
    FixedRun{"1000 in flight", 1, 9, [] { return make_readers(thousand, Mode::bare); }},
    FixedRun{"pager/clients", 8, 392,
             [] { return make_scenario_runs("pager/clients", Checks::all_but_determinism); }},
    FixedRun{"corpus", 4, 24,
             [] { return make_scenario_runs("corpus/*/mended", Checks::all_but_determinism); }},
};

}  // namespace

std::span<const FixedRun> fixed_runs() { return all; }

}  // namespace reprise::bench
