// Which classes of disk show which mistake: each of them, but the one that keeps everything in
// order, shows one that no class before it in the list does.
#include <doctest/doctest.h>

#include <reprise/core/internal/open.h>
#include <reprise/sim/disk_rules.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/scenario.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>

using namespace reprise;

namespace {

using Classes = std::set<DiskClass>;

bool is_found_on(DiskClass device, const Scenario& scenario) {
  Runner runner;
  const std::unique_ptr<RandomStrategy> strategy =
      make_random_strategy(*built_in_profile("chaos"), {.order = RandomOrder::uniform});
  RunOptions options;
  options.options["disk"] = static_cast<std::int64_t>(device);
  constexpr std::uint64_t seeds = 2'000;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    strategy->reseed(seed);
    if (runner.run_checked(scenario, *strategy, options, false).finding) return true;
  }
  return false;
}

/// The classes that show the mistake of a pair.
Classes found_on(const std::string& pair) {
  Classes found;
  for (const Scenario& scenario : scenarios()) {
    if (scenario.name != pair + "/broken") continue;
    for (const DiskClass device :
         {DiskClass::ordered, DiskClass::sata, DiskClass::nvme, DiskClass::hostile}) {
      if (is_found_on(device, scenario)) found.insert(device);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("disk classes: a folder that is not synced is seen on all") {
  CHECK(found_on("durability/renamed") ==
        Classes{DiskClass::ordered, DiskClass::sata, DiskClass::nvme, DiskClass::hostile});
}

TEST_CASE("disk classes: a size that is durable before its bytes is seen where changes overtake") {
  CHECK(found_on("durability/size-for-data") ==
        Classes{DiskClass::sata, DiskClass::nvme, DiskClass::hostile});
}

TEST_CASE("disk classes: a header of two sectors is seen torn where sectors are small") {
  CHECK_FALSE(found_on("durability/torn-header").contains(DiskClass::nvme));
  CHECK(found_on("durability/torn-header").contains(DiskClass::sata));
}

TEST_CASE("disk classes: a record that proves nothing is seen on a hostile disk alone") {
  CHECK(found_on("durability/rotten-record") == Classes{DiskClass::hostile});
  CHECK(found_on("durability/record-of-another-place") == Classes{DiskClass::hostile});
}
