// A campaign makes run after run in one world: the memory in use does not grow on the way. That
// nothing at all is lost, LeakSanitizer says when the program ends.
#include "tests/support/sanitized.h"

#include <doctest/doctest.h>

#include <malloc.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>
#include <reprise/sim/strategy/profile.h>
#include <reprise/sim/strategy/strategy.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>

#if REPRISE_TESTS_SANITIZED
// Of <sanitizer/allocator_interface.h>, which g++ does not have.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

using namespace reprise;

namespace {

constexpr std::uint64_t runs_all = 100'000;
constexpr std::int64_t growth_max = 64 * 1024;  // less than a byte a run

std::int64_t heap_bytes() {
#if REPRISE_TESTS_SANITIZED
  return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
#else
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
#endif
}

// All mappings, so fibers' stacks too; a sanitizer maps as it likes.
std::int64_t mapped_bytes() {
  long long pages = 0;
#if !REPRISE_TESTS_SANITIZED
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  REQUIRE(file != nullptr);
  const int read = std::fscanf(file, "%lld", &pages);
  std::fclose(file);
  REQUIRE(read == 1);
#endif
  return pages * 4096;
}

// Runs the scenario with one seed after the other; how many runs ended in a finding. After a tenth
// of them every pool has its size.
std::uint64_t findings_without_growth(std::string_view name, std::uint64_t runs) {
  const Scenario* scenario = find_scenario(name);
  REQUIRE(scenario != nullptr);
  const std::unique_ptr<RandomStrategy> strategy =
      make_random_strategy(*built_in_profile("default"));
  Runner runner;
  std::uint64_t findings = 0;
  std::int64_t heap = 0;
  std::int64_t mapped = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    if (run == runs / 10) {
      heap = heap_bytes();
      mapped = mapped_bytes();
    }
    strategy->reseed(run);
    if (runner.run_checked(*scenario, *strategy, {}).finding.has_value()) ++findings;
  }
  CHECK(heap_bytes() - heap < growth_max);
  CHECK(mapped_bytes() - mapped < 16 * growth_max);
  return findings;
}

}  // namespace

TEST_CASE("no-leaks: a hundred thousand runs that end well leave the heap as it was") {
  CHECK(findings_without_growth("reentry/counter-add/mended", runs_all) == 0);
}

TEST_CASE("no-leaks: a hundred thousand runs of a broken machine leave the heap as it was") {
  CHECK(findings_without_growth("reentry/counter-add/broken", runs_all) > runs_all / 2);
}

TEST_CASE(
    "no-leaks: runs that drop the frames and the memory of an engine leave the heap as it was") {
  for (const Scenario& scenario : scenarios()) {
    if (scenario.name != "sqlite/transactions" && scenario.name != "leveldb/writes") continue;
    CAPTURE(scenario.name);
    CHECK(findings_without_growth(scenario.name, 2'000) == 0);
  }
}
